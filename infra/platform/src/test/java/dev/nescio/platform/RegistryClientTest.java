package dev.nescio.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegisteredSchema;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.registry.RegistryException;
import dev.nescio.schemas.registry.RegistryUnavailableException;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** What our client may rely on, whichever registry answers. */
@OnEachPlatform
class RegistryClientTest {

  private static final Schema V1 = SchemaBuilder.record("Item").namespace("n").doc("An item.").fields()
      .requiredString("text").endRecord();
  private static final Schema V2 = SchemaBuilder.record("Item").namespace("n").doc("An item.").fields()
      .requiredString("text").name("size").type().intType().intDefault(0).endRecord();
  /** A required field more: cannot read what V1 wrote. */
  private static final Schema BREAKING = SchemaBuilder.record("Item").namespace("n").fields()
      .requiredString("text").requiredInt("size").endRecord();

  @TempDir
  private static Path directory;
  private static Platform platform;
  private static RegistryClient client;

  @Parameter
  private PlatformKind kind;
  private final String subject = "items/ü " + UUID.randomUUID() + "-value";

  @BeforeParameterizedClassInvocation
  static void start(PlatformKind kind) {
    platform = kind.start(directory.resolve(kind.name()));
    client = new HttpRegistryClient(RegistryConfig.at(platform.registryUrl()));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (platform == null) return;
    client.close();
    platform.close();
  }

  @Test
  void registersOnceAndFindsById() {
    int id = client.register(subject, V1);

    assertThat(client.register(subject, V1)).isEqualTo(id);
    assertThat(client.register(subject + "-other", V1)).isEqualTo(id);
    assertThat(client.schemaById(id)).isEqualTo(V1);
    assertThat(client.schemaById(id).getDoc()).isEqualTo("An item.");
    assertThat(client.lookup(subject, V1)).hasValueSatisfying(found -> {
      assertThat(found.id()).isEqualTo(id);
      assertThat(found.version()).isEqualTo(1);
    });
  }

  @Test
  void newVersionsCountUp() {
    client.register(subject, V1);
    int second = client.register(subject, V2);

    assertThat(client.versions(subject)).containsExactly(1, 2);
    assertThat(client.latest(subject)).contains(new RegisteredSchema(subject, 2, second, V2));
    assertThat(client.subjects()).contains(subject);
  }

  @Test
  void absenceIsEmptyNotAnError() {
    assertThat(client.latest(subject)).isEmpty();
    assertThat(client.lookup(subject, V1)).isEmpty();
    assertThat(client.versions(subject)).isEmpty();
    assertThat(client.incompatibilities(subject, V1)).isEmpty();
    client.register(subject, V1);
    assertThat(client.lookup(subject, V2)).isEmpty();
  }

  @Test
  void refusesABreakingVersionWithTheReason() {
    client.register(subject, V1);

    assertThat(client.incompatibilities(subject, V2)).isEmpty();
    assertThat(client.incompatibilities(subject, BREAKING)).isNotEmpty();
    assertThatThrownBy(() -> client.register(subject, BREAKING)).isInstanceOfSatisfying(RegistryException.class,
        e -> assertThat(e.errorCode()).isEqualTo(409));
  }

  @Test
  void anUnknownIdIsARefusal() {
    assertThatThrownBy(() -> client.schemaById(987_654)).isInstanceOf(RegistryException.class)
        .isNotInstanceOf(RegistryUnavailableException.class);
  }
}
