/* The parts of a fetch. All but the URI and the manifest touch files and run on the pool. */
#pragma once

#include <openssl/evp.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "port/outcome.h"

#define SHA256_HEX 64
/* Main-Class lines are short; a manifest this large is an attack or a mistake. */
#define MANIFEST_MOST (1U << 20)
/* Entries of a jar, and bytes of their directory, which libzip holds in memory. */
#define JAR_ENTRIES_MOST   500000U
#define JAR_DIRECTORY_MOST (64U << 20)

struct verdict {
    enum outcome outcome;
    struct str text; /* why not DONE */
};

#define VERDICT_DONE ((struct verdict){OUTCOME_DONE, {"", 0}})
struct verdict verdict_refused(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct verdict verdict_unknown(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* uri.c (pure) */

enum source_kind { SOURCE_NONE, SOURCE_FILE, SOURCE_HTTP };

struct source {
    enum source_kind kind; /* NONE: `text` says what is wrong with the URI */
    struct str path;       /* file: absolute, NUL-terminated */
    struct str text;
    struct str name; /* a safe file name that ends in .jar, made of the last path segment */
};

struct source source_of(struct arena *a, struct str uri);
/* True for 64 lower-case hex digits, so that no path can be smuggled in. */
bool sha256_is_valid(struct str s);

/* manifest.c (pure) */

/* The value of an attribute of the main section, continuation lines joined; empty when absent. */
struct str manifest_attribute(struct arena *a, struct str manifest, struct str name);

/* jar.c */

/* Looks for the class, or for the manifest's when `wanted` is empty, and returns its name; for none
 * when ret_entry_class is NULL. Of the jar's content only the manifest is ever inflated. */
struct verdict jar_check(struct arena *a, const char *path, struct str wanted,
                         struct str *ret_entry_class);

/* pin.c */

struct identity {
    uint64_t device;
    uint64_t inode;
    int64_t size;
    int64_t mtime_ns;
    int64_t ctime_ns;
};

struct identity identity_of(const struct stat *st);
bool identity_same(const struct identity *x, const struct identity *y);

/* True when it was written so lately that a later write might leave the same times. */
bool identity_is_fresh(const struct identity *i);

/* Where copies are kept, and how they are named. */
struct shelf {
    char *directory;
    EVP_MD *md;
};

struct digest {
    char hex[SHA256_HEX + 1];
    int64_t size;
};

/* A new file in `directory`, to be pinned or removed by its path. */
struct verdict temp_file(struct arena *a, const char *directory, int *ret_fd, struct str *ret_path);
/* Opens a source for reading and tells who it is. */
struct verdict source_open(struct arena *a, const char *path, int *ret_fd, struct identity *ret);
/* Copies fd `from` to fd `to` (-1: nowhere) and hashes what went by; at most LIMIT_JAR. */
struct verdict copy_and_hash(struct arena *a, const EVP_MD *md, int from, int to,
                             struct digest *ret);
/* Makes the temporary file durable under its hash; *ret is who it is then. A sound copy that is held
 * already stays as it is, and the temporary file too. */
struct verdict pin(struct arena *a, const struct shelf *shelf, int fd, struct str temp,
                   const struct digest *digest, struct identity *ret);
/* Where the copy of that hash is or would be. */
struct str pinned_path(struct arena *a, const char *directory, const char *hex);

/* memory.c (loop thread) */

#define VALIDATOR_MOST 200

/* A pinned copy, and what it was made of: a file, or what a server said of it. */
struct known {
    struct identity source;
    char etag[VALIDATOR_MOST]; /* empty: cannot be asked for by it */
    char last_modified[VALIDATOR_MOST];
    struct identity copy;
    struct digest digest; /* size 0: nothing is known */
};

/* What is known of a URI or a hash; bounded, the oldest makes room. Zero-initialise. */
struct memory {
    struct remembered *all;
    size_t n;
    size_t oldest;
};

/* Keeps of the two what proves that equal means the same bytes, or nothing. */
void known_validators(struct known *k, struct str etag, struct str last_modified);

/* NULL: nothing; valid until the next keep. */
const struct known *memory_find(const struct memory *m, struct str key);
void memory_keep(struct memory *m, struct str key, const struct known *what);
void memory_fini(struct memory *m);
