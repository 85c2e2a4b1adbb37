package io.sub30.ops;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The one page for people, with the policy that lets a browser run exactly the script and style in
 * it: both are named by their digest, so nothing that found its way into the data can run.
 *
 * @param html UTF-8
 * @param policy the value of {@code Content-Security-Policy}
 */
record Page(Buffer html, String policy) {

  private static final String RESOURCE = "/dashboard/index.html";

  /** Reads the page from the class path. Blocks. */
  static Page load() {
    String html;
    try (InputStream in = Page.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing on the class path");
      }
      html = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(RESOURCE + " cannot be read", e);
    }
    String policy =
        "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'; style-src 'sha256-"
            + digest(html, "style")
            + "'; script-src 'sha256-"
            + digest(html, "script")
            + "'";
    return new Page(Buffer.buffer(html), policy);
  }

  private static String digest(String html, String element) {
    int start = html.indexOf("<" + element + ">") + element.length() + 2;
    int end = html.indexOf("</" + element + ">", start);
    if (end < start) {
      throw new IllegalStateException(RESOURCE + " has no <" + element + ">");
    }
    byte[] content = html.substring(start, end).getBytes(StandardCharsets.UTF_8);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
