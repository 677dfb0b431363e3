/* ---- what the network is shown ------------------------------------------------------------------------------------ */

/* A pixel; around the glyph there is no ink. */
static int pixel(const uint8_t *glyph, int row, int column)
{
    return row < 0 || row > 27 || column < 0 || column > 27 ? 0 : glyph[28 * row + column];
}

/*
 * Adds an edge to a row of the map of the way that it faces and not to that of the opposite way, blurred across: column
 * 4 i + k - 2 counts 1, 2, 3, 4, 4, 3, 2 or 1 times in place i, for k from 0 to 7.
 */
static void add_edge(uint32_t sums[8][7], int map, int faces, uint32_t strength, int column)
{
    const int place = (column + 2) / 4;
    const int k = (column + 2) % 4;
    uint32_t *row = sums[faces >= 0 ? map : map + 1];

    if (place < 7) {
        row[place] += strength * (uint32_t)(k + 1);
    }
    if (place > 0) {
        row[place - 1] += strength * (uint32_t)(4 - k);
    }
}

/* Shares the gradient of a pixel between the nearest straight and the nearest slanting direction. */
static void add_pixel(uint32_t sums[8][7], const uint8_t *glyph, int row, int column, uint32_t weight)
{
    const int upper = pixel(glyph, row - 1, column - 1) - pixel(glyph, row + 1, column + 1);
    const int lower = pixel(glyph, row + 1, column - 1) - pixel(glyph, row - 1, column + 1);
    const int right = 2 * (pixel(glyph, row, column + 1) - pixel(glyph, row, column - 1)) - upper - lower;
    const int down = 2 * (pixel(glyph, row + 1, column) - pixel(glyph, row - 1, column)) - upper + lower;
    const uint32_t wide = (uint32_t)(right < 0 ? -right : right);
    const uint32_t high = (uint32_t)(down < 0 ? -down : down);
    const uint32_t straight = (wide > high ? wide - high : high - wide) / 2;
    const uint32_t slanting = (wide < high ? wide : high) * $half_root / $half_root_of;

    add_edge(sums, wide >= high ? 0 : 2, wide >= high ? right : down, straight * weight, column);
    add_edge(sums, (right < 0) == (down < 0) ? 4 : 6, right, slanting * weight, column);
}

/*
 * Eight maps of 14 rows and 7 columns, four above and four below: where edges face right, left, down, up, down right,
 * up left, up right and down left.
 */
void ${c}_features(const uint8_t glyph[${C}_PIXELS], uint8_t features[${C}_PIXELS])
{
    int row;
    int column;
    int k;
    int map;

    for (row = 0; row < 14; row++) {
        uint32_t sums[8][7] = {{0}};

        for (k = 0; k < 4; k++) {
            for (column = 0; column < 28; column++) {
                if (2 * row + k >= 1 && 2 * row + k <= 28) {
                    add_pixel(sums, glyph, 2 * row + k - 1, column, k == 0 || k == 3 ? 1 : 3);
                }
            }
        }
        for (map = 0; map < 8; map++) {
            for (column = 0; column < 7; column++) {
                const uint32_t value = (sums[map][column] + $divisor / 2) / $divisor;

                features[28 * (14 * (map / 4) + row) + 7 * (map % 4) + column] = (uint8_t)(value < 255 ? value : 255);
            }
        }
    }
}

