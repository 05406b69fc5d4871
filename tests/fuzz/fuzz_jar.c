/* Jars: the manifest's text, the addresses they come from, and the files themselves. The first byte
 * chooses. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "adapt/artifacts/parts.h"
#include "fuzz.h"
#include "jar_writer.h"

static void try_manifest(struct arena *a, struct str text)
{
    static const char *const names[] = {"Main-Class", "program-class", ""};
    for (size_t i = 0; i < 3; i++) {
        struct str value = manifest_attribute(a, text, str_of(names[i]));
        FUZZ_RULE(value.len <= text.len);
        FUZZ_RULE(str_find_char(value, '\n') == value.len &&
                  str_find_char(value, '\r') == value.len);
    }
}

static void check_name(struct str name)
{
    FUZZ_RULE(str_ends_with(name, STR(".jar")) && name.ptr[0] != '.');
    for (size_t i = 0; i < name.len; i++)
        FUZZ_RULE(name.ptr[i] > ' ' && name.ptr[i] != '/' && name.ptr[i] < 0x7F);
}

static void try_uri(struct arena *a, struct str text)
{
    struct source s = source_of(a, text);
    if (s.kind == SOURCE_NONE) {
        FUZZ_RULE(s.text.len > 0);
        return;
    }
    check_name(s.name);
    if (s.kind == SOURCE_FILE)
        FUZZ_RULE(s.path.ptr[0] == '/' && strlen(s.path.ptr) == s.path.len);
}

static void try_file(struct arena *a, struct str bytes)
{
    char path[32];
    struct str class = STR("");
    int fd = memfd_create("jar", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    struct verdict v = jar_check(a, path, STR(""), &class);
    FUZZ_RULE(v.outcome == OUTCOME_DONE ? class.len > 0 : v.text.len > 0);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static void (*const tries[])(struct arena *a, struct str text) = {try_manifest, try_uri,
                                                                      try_file};
    if (n < 1)
        return 0;
    struct arena *a = arena_new();
    tries[bytes[0] % 3](a, (struct str){(const char *)bytes + 1, n - 1});
    arena_free(a);
    return 0;
}

/* ---- seeds: small jars, stored and deflated ---- */

static void add_file(const char *path)
{
    char bytes[8192] = "2";
    FILE *f = fopen(path, "rb");
    if (!f)
        abort();
    size_t n = fread(bytes + 1, 1, sizeof(bytes) - 1, f);
    fclose(f);
    fuzz_add_seed((struct str){bytes, n + 1});
}

void fuzz_seeds(void)
{
    char path[] = "/tmp/sluice-fuzz-jar-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0)
        abort();
    close(fd);
    for (int deflated = 0; deflated < 2; deflated++) {
        struct jar_writer w = {.deflated = deflated};
        jar_add(&w, "META-INF/MANIFEST.MF", STR("Manifest-Version: 1.0\r\nMain-Class: a.B\r\n"));
        jar_add(&w, "a/B.class", STR("x"));
        jar_finish(&w, path);
        add_file(path);
    }
    struct jar_writer large = {0};
    jar_claim(&large, 70000);
    jar_finish(&large, path);
    add_file(path);
    unlink(path);
}
