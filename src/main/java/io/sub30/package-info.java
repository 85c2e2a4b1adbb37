/** The entry point; everything else is in the rooms below. Thread: main. */
@NullMarked
package io.sub30;

import org.jspecify.annotations.NullMarked;
