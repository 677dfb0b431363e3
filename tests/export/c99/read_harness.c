/*
 * Reads inks on stdin until there are no more: the width and the height in two bytes each, the high one first, and the
 * pixels. Writes for each the digit and the confidence in per mille as two int16.
 */
#include <stdio.h>

#include "MODEL.h"

static struct digitreader_work work;
static uint8_t ink[1 << 20];

static int number(void)
{
    const int high = getchar();
    const int low = getchar();

    return low == EOF ? 0 : high * 256 + low;
}

int main(void)
{
    int width;

    while ((width = number()) != 0) {
        const int height = number();
        const size_t pixels = (size_t)width * (size_t)height;
        uint16_t per_mille;
        int16_t answer[2];

        if (fread(ink, 1, pixels, stdin) != pixels) {
            return 1;
        }
        answer[0] = (int16_t)MODEL_read(&work, ink, (uint16_t)width, (uint16_t)height, (size_t)width, &per_mille);
        answer[1] = (int16_t)per_mille;
        fwrite(answer, sizeof answer, 1, stdout);
    }
    return 0;
}
