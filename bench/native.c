// The C libraries, for bench/codecs.js and fuzz/run.js. It makes the blocks and decodes them. It loads the libraries by
// name at run time, so that we need none of their headers: cc -O2 -o native native.c -ldl
//
//   native pack CODEC BLOCK_SIZE CONTENT BLOCKS   compresses CONTENT in blocks; omits those that do not shrink
//   native serve CODEC BLOCKS CONTENT             compares all blocks with CONTENT; then, for each line of stdin (a
//                                                 number of passes), decodes all that often, prints CPU nanoseconds
//   native once CODEC BLOCKS                      decodes all blocks, prints the time in nanoseconds
//   native answer CODEC QUESTIONS ANSWERS         for each question (length, room, bytes) an answer: the length of the
//                                                 output and the output, or 0xffffffff; both are named pipes
//
// BLOCKS has for each block its offset in CONTENT, its length there, its compressed length (32 bits each), and its
// bytes.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORK_SIZE (1 << 20)
#define ZSTD_LEVEL 19
#define ZLIB_LEVEL 9
#define LZO_LEVEL 8
#define LZ4_LEVEL 12
#define LZMA_PRESET 6
#define LZMA_CHECK_CRC32 1
#define LZMA_FINISH 3
#define LZMA_STREAM_END 1

static void *library;
static void *context;
static uint8_t work[WORK_SIZE];

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void *find(const char *name) {
  void *found = dlsym(library, name);
  if (found == NULL) fail(dlerror());
  return found;
}

// The functions that mksquashfs calls, with its default parameters (zstd: those of NixOS). Both kinds of function
// return the length of their output, or 0 if they fail.
typedef size_t Function(const uint8_t *source, size_t length, uint8_t *target, size_t room);

static size_t (*zstd_compress)(void *, void *, size_t, const void *, size_t, int);
static size_t (*zstd_decompress)(void *, void *, size_t, const void *, size_t);
static unsigned (*zstd_is_error)(size_t);
static size_t pack_zstd(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  size_t written = zstd_compress(context, target, room, source, length, ZSTD_LEVEL);
  return zstd_is_error(written) ? 0 : written;
}
static size_t unpack_zstd(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  size_t written = zstd_decompress(context, target, room, source, length);
  return zstd_is_error(written) ? 0 : written;
}
static void open_zstd(int packs) {
  zstd_is_error = find("ZSTD_isError");
  zstd_compress = find("ZSTD_compressCCtx");
  zstd_decompress = find("ZSTD_decompressDCtx");
  void *(*create)(void) = find(packs ? "ZSTD_createCCtx" : "ZSTD_createDCtx");
  context = create();
}

static int (*lzma_encode)(void *, int, void *, const uint8_t *, size_t, uint8_t *, size_t *, size_t);
static int (*lzma_decode)(uint64_t *, uint32_t, void *, const uint8_t *, size_t *, size_t, uint8_t *, size_t *, size_t);
static unsigned char (*lzma_preset)(void *, uint32_t);
struct lzma_filter { uint64_t id; void *options; };
static size_t pack_xz(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  size_t written = 0;
  struct lzma_filter filters[2] = {{0x21, work}, {UINT64_MAX, NULL}};
  lzma_preset(work, LZMA_PRESET);
  // The first field is the size of the dictionary, which is one block.
  *(uint32_t *)work = (uint32_t)length < 8192 ? 8192 : (uint32_t)length;
  return lzma_encode(filters, LZMA_CHECK_CRC32, NULL, source, length, target, &written, room) == 0 ? written : 0;
}
static size_t unpack_xz(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  uint64_t memory = UINT64_MAX;
  size_t read = 0, written = 0;
  return lzma_decode(&memory, 0, NULL, source, &read, length, target, &written, room) == 0 && read == length ? written : 0;
}
static void open_xz(int packs) {
  (void)packs;
  lzma_encode = find("lzma_stream_buffer_encode");
  lzma_decode = find("lzma_stream_buffer_decode");
  lzma_preset = find("lzma_lzma_preset");
}

// The public part of lzma_stream, with room for its reserved fields.
struct lzma_stream {
  const uint8_t *next_in; size_t avail_in; uint64_t total_in;
  uint8_t *next_out; size_t avail_out; uint64_t total_out;
  uint8_t more[256];
};
static int (*alone_encoder)(struct lzma_stream *, void *);
static int (*alone_decoder)(struct lzma_stream *, uint64_t);
static int (*lzma_code)(struct lzma_stream *, int);
static void (*lzma_end)(struct lzma_stream *);
static size_t run_lzma(struct lzma_stream *stream, const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  stream->next_in = source;
  stream->avail_in = length;
  stream->next_out = target;
  stream->avail_out = room;
  int result = lzma_code(stream, LZMA_FINISH);
  size_t written = stream->total_out;
  lzma_end(stream);
  return result == LZMA_STREAM_END && stream->avail_in == 0 ? written : 0;
}
static size_t pack_lzma(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  struct lzma_stream stream = {0};
  lzma_preset(work, LZMA_PRESET);
  *(uint32_t *)work = (uint32_t)length < 8192 ? 8192 : (uint32_t)length;
  return alone_encoder(&stream, work) == 0 ? run_lzma(&stream, source, length, target, room) : 0;
}
static size_t unpack_lzma(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  struct lzma_stream stream = {0};
  return alone_decoder(&stream, UINT64_MAX) == 0 ? run_lzma(&stream, source, length, target, room) : 0;
}
static void open_lzma(int packs) {
  open_xz(packs);
  alone_encoder = find("lzma_alone_encoder");
  alone_decoder = find("lzma_alone_decoder");
  lzma_code = find("lzma_code");
  lzma_end = find("lzma_end");
}

static int (*lzo_compress)(const uint8_t *, size_t, uint8_t *, size_t *, void *, const uint8_t *, size_t, void *, int);
static int (*lzo_decompress)(const uint8_t *, size_t, uint8_t *, size_t *, void *);
static size_t pack_lzo(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  size_t written = room;
  return lzo_compress(source, length, target, &written, work, NULL, 0, NULL, LZO_LEVEL) == 0 ? written : 0;
}
static size_t unpack_lzo(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  size_t written = room;
  return lzo_decompress(source, length, target, &written, work) == 0 ? written : 0;
}
static void open_lzo(int packs) {
  (void)packs;
  lzo_compress = find("lzo1x_999_compress_level");
  lzo_decompress = find("lzo1x_decompress_safe");
}

static int (*lz4_compress)(const uint8_t *, uint8_t *, int, int, int);
static int (*lz4_decompress)(const uint8_t *, uint8_t *, int, int);
static size_t pack_lz4(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  int written = lz4_compress(source, target, (int)length, (int)room, LZ4_LEVEL);
  return written > 0 ? (size_t)written : 0;
}
static size_t unpack_lz4(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  int written = lz4_decompress(source, target, (int)length, (int)room);
  return written > 0 ? (size_t)written : 0;
}
static void open_lz4(int packs) {
  (void)packs;
  lz4_compress = find("LZ4_compress_HC");
  lz4_decompress = find("LZ4_decompress_safe");
}

static int (*zlib_compress)(uint8_t *, unsigned long *, const uint8_t *, unsigned long, int);
static int (*zlib_decompress)(uint8_t *, unsigned long *, const uint8_t *, unsigned long);
static size_t pack_zlib(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  unsigned long written = room;
  return zlib_compress(target, &written, source, length, ZLIB_LEVEL) == 0 ? written : 0;
}
static size_t unpack_zlib(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  unsigned long written = room;
  return zlib_decompress(target, &written, source, length) == 0 ? written : 0;
}
static void open_zlib(int packs) {
  (void)packs;
  zlib_compress = find("compress2");
  zlib_decompress = find("uncompress");
}

static void *(*libdeflate_create)(void);
static int (*libdeflate_decompress)(void *, const void *, size_t, void *, size_t, size_t *);
static size_t unpack_libdeflate(const uint8_t *source, size_t length, uint8_t *target, size_t room) {
  size_t written = 0;
  return libdeflate_decompress(context, source, length, target, room, &written) == 0 ? written : 0;
}
static void open_libdeflate(int packs) {
  if (packs) fail("libdeflate only unpacks what zlib packs");
  libdeflate_create = find("libdeflate_alloc_decompressor");
  libdeflate_decompress = find("libdeflate_zlib_decompress");
  context = libdeflate_create();
}

static const struct codec {
  const char *name, *file, *version;
  void (*open)(int packs);
  Function *pack, *unpack;
} codecs[] = {
  {"zstd", "libzstd.so.1", "ZSTD_versionString", open_zstd, pack_zstd, unpack_zstd},
  {"xz", "liblzma.so.5", "lzma_version_string", open_xz, pack_xz, unpack_xz},
  {"lzma", "liblzma.so.5", "lzma_version_string", open_lzma, pack_lzma, unpack_lzma},
  {"lzo", "liblzo2.so.2", "lzo_version_string", open_lzo, pack_lzo, unpack_lzo},
  {"lz4", "liblz4.so.1", "LZ4_versionString", open_lz4, pack_lz4, unpack_lz4},
  {"zlib", "libz.so.1", "zlibVersion", open_zlib, pack_zlib, unpack_zlib},
  {"libdeflate", "libdeflate.so.0", "libdeflate_alloc_decompressor", open_libdeflate, NULL, unpack_libdeflate},
};

static const struct codec *open_codec(const char *name, int packs) {
  for (size_t index = 0; index < sizeof codecs / sizeof *codecs; index++) {
    const struct codec *codec = &codecs[index];
    if (strcmp(codec->name, name) != 0) continue;
    library = dlopen(codec->file, RTLD_NOW);
    if (library == NULL) fail(dlerror());
    codec->open(packs);
    return codec;
  }
  fail("no such codec");
  return NULL;
}

static uint8_t *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail(path);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*length + 1);
  if (bytes == NULL || fread(bytes, 1, *length, file) != *length) fail(path);
  fclose(file);
  return bytes;
}

static void pack(const struct codec *codec, size_t block_size, const char *content_path, const char *blocks_path) {
  size_t length;
  uint8_t *content = read_file(content_path, &length);
  uint8_t *target = malloc(block_size);
  FILE *file = fopen(blocks_path, "wb");
  if (file == NULL || target == NULL) fail(blocks_path);
  for (size_t offset = 0; offset + block_size <= length; offset += block_size) {
    // We give no more room than mksquashfs does: it stores a block that does not shrink.
    size_t packed = codec->pack(content + offset, block_size, target, block_size - 1);
    if (packed == 0) continue;
    uint32_t header[3] = {(uint32_t)offset, (uint32_t)block_size, (uint32_t)packed};
    if (fwrite(header, 1, 12, file) != 12 || fwrite(target, 1, packed, file) != packed) fail(blocks_path);
  }
  if (fclose(file) != 0) fail(blocks_path);
}

static uint8_t *blocks;
static size_t blocks_length;
static uint8_t *target;

/** Decodes all blocks into the same memory, and compares them if there is content to compare with. */
static void unpack_all(const struct codec *codec, const uint8_t *content) {
  for (size_t position = 0; position < blocks_length;) {
    uint32_t header[3];
    memcpy(header, blocks + position, 12);
    size_t written = codec->unpack(blocks + position + 12, header[2], target, header[1]);
    if (written != header[1]) fail("a block does not decompress");
    if (content != NULL && memcmp(target, content + header[0], written) != 0) fail("a block differs");
    position += 12 + header[2];
  }
}

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void answer(const struct codec *codec, const char *questions_path, const char *answers_path) {
  FILE *questions = fopen(questions_path, "rb");
  FILE *answers = fopen(answers_path, "wb");
  if (questions == NULL || answers == NULL) fail("cannot open the pipes");
  uint32_t header[2];
  while (fread(header, 1, 8, questions) == 8) {
    // The exact sizes of the question, so that a memory checker can run this program.
    uint8_t *source = malloc(header[0] + 1), *room = malloc(header[1] + 1);
    if (source == NULL || room == NULL || fread(source, 1, header[0], questions) != header[0]) fail("no question");
    size_t written = codec->unpack(source, header[0], room, header[1]);
    // An empty output counts as a refusal, because the functions return 0 for both.
    uint32_t length = written == 0 ? UINT32_MAX : (uint32_t)written;
    if (fwrite(&length, 1, 4, answers) != 4 || fwrite(room, 1, written, answers) != written) fail("no answer");
    fflush(answers);
    free(source);
    free(room);
  }
}

int main(int count, char **arguments) {
  if (count < 3) fail("usage: native version|pack|serve|once CODEC ...");
  const char *verb = arguments[1];
  const struct codec *codec = open_codec(arguments[2], strcmp(verb, "pack") == 0);
  if (strcmp(verb, "version") == 0) {
    const char *(*version)(void) = find(codec->version);
    printf("%.*s %s\n", (int)strcspn(codec->file, "."), codec->file, version());
    return 0;
  }
  if (strcmp(verb, "pack") == 0) {
    if (count != 6) fail("pack CODEC BLOCK_SIZE CONTENT BLOCKS");
    pack(codec, strtoul(arguments[3], NULL, 10), arguments[4], arguments[5]);
    return 0;
  }
  if (strcmp(verb, "answer") == 0) {
    if (count != 5) fail("answer CODEC QUESTIONS ANSWERS");
    answer(codec, arguments[3], arguments[4]);
    return 0;
  }
  if (count < 4) fail("BLOCKS is missing");
  blocks = read_file(arguments[3], &blocks_length);
  uint32_t header[3] = {0};
  if (blocks_length >= 12) memcpy(header, blocks, 12);
  target = calloc(1, header[1] + 1);
  if (strcmp(verb, "once") == 0) {
    uint64_t start = nanoseconds(CLOCK_MONOTONIC);
    unpack_all(codec, NULL);
    printf("%llu\n", (unsigned long long)(nanoseconds(CLOCK_MONOTONIC) - start));
    return 0;
  }
  if (strcmp(verb, "serve") != 0 || count < 5) fail("serve CODEC BLOCKS CONTENT");
  size_t length;
  uint8_t *content = read_file(arguments[4], &length);
  unpack_all(codec, content);
  free(content);
  char line[32];
  while (fgets(line, sizeof line, stdin) != NULL) {
    uint64_t start = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    for (long passes = atol(line); passes > 0; passes--) unpack_all(codec, NULL);
    printf("%llu\n", (unsigned long long)(nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - start));
    fflush(stdout);
  }
  return 0;
}
