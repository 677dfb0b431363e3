/*
 * Reads inks on stdin until there are no more: each has its width, height and stride in two bytes, the high one first, and
 * stride * height bytes. Writes for each what digitreader_normalise() gave and the glyph, 785 bytes.
 *
 * With an argument it reads three float32 numbers at a time instead, and writes a * b + c as fused() and as fmaf() work it out.
 */
#include <stdio.h>

/* the file itself, for the sake of the functions that are its own */
#include "digitreader_normalise.c"

static struct digitreader_work work;
static uint8_t ink[1 << 24];

static unsigned number(void)
{
    const int high = getchar();
    const int low = getchar();

    return low == EOF ? 0 : (unsigned)(high * 256 + low);
}

static int multiply(void)
{
    float given[3];
    float gives[2];

    while (fread(given, sizeof given, 1, stdin) == 1) {
        gives[0] = fused(given[0], given[1], given[2]);
        gives[1] = fmaf(given[0], given[1], given[2]);
        fwrite(gives, sizeof gives, 1, stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    unsigned width;

    (void)argv;
    if (argc > 1) {
        return multiply();
    }
    while ((width = number()) != 0) {
        const unsigned height = number();
        const size_t stride = number();
        uint8_t glyph[DIGITREADER_GLYPH_PIXELS];

        memset(glyph, 77, sizeof glyph);
        if (fread(ink, 1, stride * height, stdin) != stride * height) {
            return 1;
        }
        putchar(digitreader_normalise(&work, ink, (uint16_t)width, (uint16_t)height, stride, glyph));
        fwrite(glyph, 1, sizeof glyph, stdout);
    }
    return 0;
}
