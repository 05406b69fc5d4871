#include "jar_writer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/arena.h"

static void number(struct buf *b, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        buf_add_char(b, (char)(value & 0xff));
        value >>= 8;
    }
}

/* Raw deflate, as zip files have it. */
static struct str deflated(struct arena *a, struct str content)
{
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    uLong most = deflateBound(&z, content.len);
    char *out = arena_alloc(a, most);
    struct str copy = arena_str(a, content);
    z.next_in = (Bytef *)(uintptr_t)copy.ptr;
    z.avail_in = (uInt)copy.len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)most;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    struct str result = {out, z.total_out};
    deflateEnd(&z);
    return result;
}

/* What the local header and the directory entry have in common. */
static void description(struct buf *b, bool deflate, uLong crc, size_t packed, size_t size,
                        size_t name_length)
{
    number(b, 20, 2); /* version needed */
    number(b, 0, 2);
    number(b, deflate ? 8 : 0, 2);
    number(b, 0, 4); /* time, date */
    number(b, crc, 4);
    number(b, packed, 4);
    number(b, size, 4);
    number(b, name_length, 2);
    number(b, 0, 2); /* extra */
}

void jar_add(struct jar_writer *w, const char *name, struct str content)
{
    struct arena *a = arena_new();
    struct str packed = w->deflated ? deflated(a, content) : content;
    uLong crc = crc32(0, (const Bytef *)content.ptr, (uInt)content.len);
    size_t at = w->file.len;
    buf_add(&w->file, STR("PK\3\4"));
    description(&w->file, w->deflated, crc, packed.len, content.len, strlen(name));
    buf_add(&w->file, str_of(name));
    buf_add(&w->file, packed);
    buf_add(&w->directory, STR("PK\1\2"));
    number(&w->directory, 20, 2);
    description(&w->directory, w->deflated, crc, packed.len, content.len, strlen(name));
    number(&w->directory, 0, 10); /* comment, disk, attributes */
    number(&w->directory, at, 4);
    buf_add(&w->directory, str_of(name));
    w->entries++;
    arena_free(a);
}

static void write_file(struct jar_writer *w, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, w->file.ptr, w->file.len) != (ssize_t)w->file.len)
        abort();
    close(fd);
    buf_fini(&w->file);
    buf_fini(&w->directory);
}

static void end_record(struct buf *b, uint64_t entries, uint64_t size, uint64_t at)
{
    buf_add(b, STR("PK\5\6"));
    number(b, 0, 4);
    number(b, entries, 2);
    number(b, entries, 2);
    number(b, size, 4);
    number(b, at, 4);
    number(b, 0, 2);
}

void jar_claim(struct jar_writer *w, uint64_t entries)
{
    size_t at = w->file.len;
    buf_add(&w->file, STR("PK\6\6"));
    number(&w->file, 44, 8);
    number(&w->file, 45, 2);
    number(&w->file, 45, 2);
    number(&w->file, 0, 8);
    number(&w->file, entries, 8);
    number(&w->file, entries, 8);
    number(&w->file, 46, 8);
    number(&w->file, 0, 8);
    buf_add(&w->file, STR("PK\6\7"));
    number(&w->file, 0, 4);
    number(&w->file, at, 8);
    number(&w->file, 1, 4);
    end_record(&w->file, 0xffff, 0xffffffff, 0xffffffff);
}

void jar_finish(struct jar_writer *w, const char *path)
{
    size_t at = w->file.len;
    buf_add(&w->file, buf_str(&w->directory));
    end_record(&w->file, w->entries, w->directory.len, at);
    write_file(w, path);
}

void jar_make(const char *path, const char *manifest, const char *entry)
{
    struct jar_writer w = {0};
    if (manifest)
        jar_add(&w, "META-INF/MANIFEST.MF", str_of(manifest));
    jar_add(&w, entry, STR("not really a class"));
    jar_finish(&w, path);
}
