package dev.nescio.standalone;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what is fine on this machine, what is not, and what to do. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Checks JDK, cores, memory, disk, ports, model, broker and registry.")
final class DoctorCommand implements Callable<Integer> {

  private static final long MEMORY_NEEDED_BYTES = 6L << 30;
  private static final long DISK_NEEDED_BYTES = 3L << 30;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Mixin private StateOptions options;
  @Mixin private ModelPlace place;

  @Option(names = "--port", description = "Port of the page (default: ${DEFAULT-VALUE}).", defaultValue = "8765")
  private int port;

  @Spec private CommandSpec spec;

  /** One line of the report. */
  record Finding(Level level, String thing, String state, String wayOut) {}

  enum Level {
    FINE,
    NOTE,
    PROBLEM
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Finding> findings = examine();
    for (Finding f : findings) {
      out.printf("%-8s %-10s %s%n", f.level().name().toLowerCase(java.util.Locale.ROOT), f.thing(), f.state());
      if (!f.wayOut().isEmpty()) out.printf("%-19s -> %s%n", "", f.wayOut());
    }
    long problems = findings.stream().filter(f -> f.level() == Level.PROBLEM).count();
    out.println(problems == 0 ? "Everything needed is there." : problems + " problem(s) found.");
    return problems == 0 ? 0 : 1;
  }

  List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    int feature = Runtime.version().feature();
    findings.add(
        feature >= 25
            ? fine("jdk", "JDK " + Runtime.version())
            : problem("jdk", "JDK " + feature, "install a JDK 25 and set JAVA_HOME to it"));
    int cores = Runtime.getRuntime().availableProcessors();
    findings.add(
        cores >= 2 ? fine("cores", cores + "") : note("cores", cores + "", "the demo will take more than 12 minutes"));
    findings.add(memory());
    findings.add(disk("state", options.state));
    findings.add(disk("cache", place.cache));
    findings.add(model());
    Optional<StateDirectory.Addresses> running = StateDirectory.addresses(options.upDirectory());
    findings.add(portFinding(running));
    findings.add(running.map(this::broker).orElseGet(
        () -> note("broker", "no system is running", "start one with: nescio up")));
    running.ifPresent(addresses -> findings.add(registry(addresses)));
    return findings;
  }

  private static Finding memory() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
      long bytes = os.getTotalMemorySize();
      String state = "%.1f GiB".formatted(bytes / (double) (1L << 30));
      return bytes >= MEMORY_NEEDED_BYTES
          ? fine("memory", state)
          : problem("memory", state, "at least 6 GiB are needed; close other programs or use a larger machine");
    }
    return note("memory", "unknown to this JDK", "make sure that 6 GiB are free");
  }

  private static Finding disk(String thing, Path directory) {
    Path existing = directory.toAbsolutePath();
    while (existing != null && !Files.exists(existing)) existing = existing.getParent();
    if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
      return problem(thing, directory + " cannot be written", "choose another directory with --" + thing);
    }
    try {
      long bytes = Files.getFileStore(existing).getUsableSpace();
      String state = "%s, %.1f GiB free".formatted(directory, bytes / (double) (1L << 30));
      return bytes >= DISK_NEEDED_BYTES
          ? fine(thing, state)
          : problem(thing, state, "3 GiB are needed; free some or choose another directory with --" + thing);
    } catch (IOException e) {
      return problem(thing, directory + ": " + e.getMessage(), "choose another directory with --" + thing);
    }
  }

  private Finding model() {
    return Models.cached(place)
        .map(directory -> fine("model", directory.toString()))
        .orElseGet(() -> note("model", "not in the cache yet", "it is fetched at the first start, or now with: nescio model get"));
  }

  private Finding portFinding(Optional<StateDirectory.Addresses> running) {
    if (running.isPresent()) return fine("port", "in use by " + running.get().dashboardUrl());
    if (port < 0 || port > 65_535) return problem("port", port + " is no port", "give one from 0 to 65535 with --port");
    return Ports.free(port)
        ? fine("port", port + " is free")
        : problem("port", port + " is taken by another process", "stop it, or start nescio with another --port");
  }

  private Finding broker(StateDirectory.Addresses addresses) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", addresses.bootstrapServers(),
            "request.timeout.ms", (int) PATIENCE.toMillis(),
            "default.api.timeout.ms", (int) PATIENCE.toMillis());
    try (Admin admin = Admin.create(settings)) {
      int nodes = admin.describeCluster().nodes().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).size();
      return fine("broker", addresses.bootstrapServers() + ", " + nodes + " node(s)");
    } catch (ExecutionException | TimeoutException e) {
      return problem("broker", addresses.bootstrapServers() + " does not answer", "stop nescio and start it again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return problem("broker", "the check was interrupted", "run nescio doctor again");
    }
  }

  private Finding registry(StateDirectory.Addresses addresses) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(addresses.registryUrl() + "/subjects")).timeout(PATIENCE).build();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      int status = client.send(request, BodyHandlers.ofString()).statusCode();
      return status == 200
          ? fine("registry", addresses.registryUrl())
          : problem("registry", addresses.registryUrl() + " answers " + status, "look into the log of nescio up");
    } catch (IOException e) {
      return problem("registry", addresses.registryUrl() + " does not answer", "stop nescio and start it again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return problem("registry", "the check was interrupted", "run nescio doctor again");
    }
  }

  private static Finding fine(String thing, String state) {
    return new Finding(Level.FINE, thing, state, "");
  }

  private static Finding note(String thing, String state, String wayOut) {
    return new Finding(Level.NOTE, thing, state, wayOut);
  }

  private static Finding problem(String thing, String state, String wayOut) {
    return new Finding(Level.PROBLEM, thing, state, wayOut);
  }
}
