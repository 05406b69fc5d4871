#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include "adapt/artifacts/parts.h"

#define END_SIZE           22U
#define END_SEARCHED       (65535U + END_SIZE)
#define END64_LOCATOR_SIZE 20U
#define END64_SIZE         56U

static uint64_t little(const unsigned char *p, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = bytes; i > 0; i--)
        value = value << 8 | p[i - 1];
    return value;
}

/* The counts of the 64-bit end record that the locator before an end record points to. */
static bool read_end64(int fd, const unsigned char *end, size_t before, uint64_t *entries,
                       uint64_t *bytes)
{
    unsigned char record[END64_SIZE];
    const unsigned char *locator = end - END64_LOCATOR_SIZE;
    if (before < END64_LOCATOR_SIZE || memcmp(locator, "PK\6\7", 4) != 0)
        return false;
    uint64_t at = little(locator + 8, 8);
    if (at > INT64_MAX || pread(fd, record, sizeof(record), (off_t)at) != (ssize_t)sizeof(record) ||
        memcmp(record, "PK\6\6", 4) != 0)
        return false;
    *entries = little(record + 32, 8);
    *bytes = little(record + 40, 8);
    return true;
}

/* libzip holds an entry in memory for every one that the end record claims, so the claim is read
 * first. Any place that could be taken for an end record counts. */
static struct verdict check_claims(struct arena *a, int fd, int64_t size)
{
    size_t n = size < END_SEARCHED ? (size_t)size : END_SEARCHED;
    unsigned char *tail = arena_alloc(a, n + 1);
    if (pread(fd, tail, n, (off_t)(size - (int64_t)n)) != (ssize_t)n)
        return verdict_unknown(a, "cannot read its end: %s", strerrordesc_np(errno));
    bool found = false;
    for (size_t i = 0; i + END_SIZE <= n; i++) {
        const unsigned char *end = tail + i;
        if (memcmp(end, "PK\5\6", 4) != 0)
            continue;
        uint64_t entries = little(end + 10, 2);
        uint64_t bytes = little(end + 12, 4);
        read_end64(fd, end, i, &entries, &bytes);
        if (entries > JAR_ENTRIES_MOST || bytes > JAR_DIRECTORY_MOST)
            return verdict_refused(a,
                                   "a jar of more than %u entries, or a directory of them "
                                   "larger than %u bytes",
                                   JAR_ENTRIES_MOST, JAR_DIRECTORY_MOST);
        found = true;
    }
    return found ? VERDICT_DONE : verdict_refused(a, "not a jar (no zip file)");
}

static struct verdict zip_verdict(struct arena *a, zip_error_t *error)
{
    struct str why = arena_fmt(a, "%s", zip_error_strerror(error));
    int code = zip_error_code_zip(error);
    bool ours =
        code == ZIP_ER_OPEN || code == ZIP_ER_READ || code == ZIP_ER_SEEK || code == ZIP_ER_MEMORY;
    return ours ? verdict_unknown(a, "cannot be read: %.*s", STR_ARG(why))
                : verdict_refused(a, "not a sound jar: %.*s", STR_ARG(why));
}

static struct verdict read_manifest(struct arena *a, zip_t *zip, struct str *ret)
{
    zip_int64_t at = zip_name_locate(zip, "META-INF/MANIFEST.MF", ZIP_FL_NOCASE);
    *ret = STR("");
    if (at < 0)
        return VERDICT_DONE;
    zip_file_t *file = zip_fopen_index(zip, (zip_uint64_t)at, 0);
    if (!file)
        return zip_verdict(a, zip_get_error(zip));
    /* what it claims to be is of no interest: no more than this is inflated */
    char *text = arena_alloc(a, MANIFEST_MOST + 1);
    size_t n = 0;
    zip_int64_t got;
    while (n <= MANIFEST_MOST && (got = zip_fread(file, text + n, MANIFEST_MOST + 1 - n)) != 0) {
        if (got < 0) {
            struct verdict v = zip_verdict(a, zip_file_get_error(file));
            zip_fclose(file);
            return v;
        }
        n += (size_t)got;
    }
    zip_fclose(file);
    if (n > MANIFEST_MOST)
        return verdict_refused(a, "its manifest is larger than %u bytes", MANIFEST_MOST);
    *ret = (struct str){text, n};
    return VERDICT_DONE;
}

/* Flink looks for program-class first, then for Main-Class. */
static struct verdict manifest_class(struct arena *a, zip_t *zip, struct str *ret)
{
    struct str manifest;
    struct verdict v = read_manifest(a, zip, &manifest);
    if (v.outcome != OUTCOME_DONE)
        return v;
    *ret = manifest_attribute(a, manifest, STR("program-class"));
    if (str_is_empty(*ret))
        *ret = manifest_attribute(a, manifest, STR("Main-Class"));
    if (str_is_empty(*ret))
        return verdict_refused(a, "its manifest names no Main-Class; set entryClass");
    return VERDICT_DONE;
}

static struct verdict find_class(struct arena *a, zip_t *zip, struct str name)
{
    char *path = arena_cstr(a, name);
    for (char *c = path; *c; c++)
        if (*c == '.')
            *c = '/';
    struct str entry = arena_fmt(a, "%s.class", path);
    if (zip_name_locate(zip, entry.ptr, ZIP_FL_ENC_RAW) < 0)
        return verdict_refused(a, "it has no class %.*s (no entry %.*s)", STR_ARG(name),
                               STR_ARG(entry));
    return VERDICT_DONE;
}

static struct verdict check_entries(struct arena *a, const char *path, struct str wanted,
                                    struct str *ret)
{
    int code;
    zip_t *zip = zip_open(path, ZIP_RDONLY, &code);
    if (!zip) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        struct verdict v = zip_verdict(a, &error);
        zip_error_fini(&error);
        return v;
    }
    struct verdict v = VERDICT_DONE;
    if (ret)
        *ret = wanted;
    if (ret && str_is_empty(wanted))
        v = manifest_class(a, zip, ret);
    if (ret && v.outcome == OUTCOME_DONE)
        v = find_class(a, zip, *ret);
    zip_discard(zip);
    return v;
}

struct verdict jar_check(struct arena *a, const char *path, struct str wanted,
                         struct str *ret_entry_class)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        struct verdict v = verdict_unknown(a, "cannot be read: %s", strerrordesc_np(errno));
        if (fd >= 0)
            close(fd);
        return v;
    }
    struct verdict v = check_claims(a, fd, st.st_size);
    close(fd);
    if (v.outcome == OUTCOME_DONE)
        v = check_entries(a, path, wanted, ret_entry_class);
    return v;
}
