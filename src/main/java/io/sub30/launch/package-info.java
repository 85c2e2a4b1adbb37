/**
 * How a server's JVM begins: once more, with an archive of its classes, because {@code java -jar}
 * cannot be told of one. Knows nothing of the rest.
 */
@NullMarked
package io.sub30.launch;

import org.jspecify.annotations.NullMarked;
