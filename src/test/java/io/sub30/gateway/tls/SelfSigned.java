package io.sub30.gateway.tls;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A self-signed certificate for the loopback address and its key, made by the JDK's keytool. */
public record SelfSigned(Path certificate, Path key, X509Certificate parsed) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /**
   * @param algorithm EC or RSA
   * @param more further arguments of keytool
   */
  public static SelfSigned make(Path folder, String name, String algorithm, String... more)
      throws Exception {
    Path store = folder.resolve(name + ".p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(Files.readString(folder.resolve(name + ".log")));
    }
    KeyStore entries = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      entries.load(in, PASSWORD);
    }
    Certificate made = entries.getCertificate("it");
    Path certificate = folder.resolve(name + ".crt");
    Path key = folder.resolve(name + ".key");
    Files.writeString(certificate, pem("CERTIFICATE", made.getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", entries.getKey("it", PASSWORD).getEncoded()));
    return new SelfSigned(certificate, key, (X509Certificate) made);
  }

  private static String pem(String type, byte[] encoded) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(type, Base64.getMimeEncoder().encodeToString(encoded), type);
  }
}
