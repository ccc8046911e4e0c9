# Sourced by the scripts beside it: finds a JDK 25 and builds what is missing. Sets jdk and classpath.
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

fail() { printf '%s: %s\n' "$(basename "$0")" "$1" >&2; exit 1; }

# The launcher's own functions, so that both find the same JDK and only one of them builds.
eval "$(sed -n '/^feature_version()/,/^}/p; /^find_jdk()/,/^}/p; /^lock_build()/,/^}/p; /^unlock_build()/p' "$root/nescio")"
jdk=$(find_jdk)
[ -n "$jdk" ] || fail "no JDK 25 or later found; ./nescio doctor says what to install"

list="$root/load-tests/target/classpath.txt"
needs_build() {
  [ ! -f "$list" ] || [ -n "$(find "$root/pom.xml" "$root/schemas" "$root/producers" "$root/streams" \
    "$root/trainer" "$root/infra" "$root/load-tests" -path '*/target' -prune -o \
    \( -path '*/src/main/*' -o -name pom.xml \) -type f -newer "$list" -print -quit)" ]
}

if needs_build; then
  lock_build "$root"
fi
if needs_build; then
  command -v mvn >/dev/null || fail "Maven is missing and the program has to be built first; install Maven 3.8.7 or later"
  printf '%s: building ...\n' "$(basename "$0")" >&2
  (cd "$root" && JAVA_HOME="$jdk" mvn -B -q -ntp -Dmaven.test.skip=true package -pl load-tests -am) >&2 || fail "the build failed"
  # Maven leaves this file as it was when nothing in it has changed.
  touch "$list"
fi
unlock_build
classpath="$root/load-tests/target/classes:$(cat "$list")"
java=("$jdk/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow -cp "$classpath")
