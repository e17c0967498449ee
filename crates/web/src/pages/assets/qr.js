// QR codes (ISO/IEC 18004) of version 11, level M, byte mode: what an entry code of 251 characters fills to the last byte.

const VERSION = 11;
export const SIZE = 17 + 4 * VERSION;
export const MOST_BYTES = 251;
const DATA_CODEWORDS = 254;
const CHECK_CODEWORDS = 30; // of each block
const BLOCKS = [50, 51, 51, 51, 51]; // data codewords of each
const ALIGNMENT = [6, 30, 54];
const LEVEL_M = 0;

// The field of 256 elements with x^8 + x^4 + x^3 + x^2 + 1.
const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power += 1) {
  EXP[power] = EXP[power + 255] = value;
  LOG[value] = power;
  value = value & 0x80 ? (value << 1) ^ 0x11d : value << 1;
}
const times = (one, other) => (one && other ? EXP[LOG[one] + LOG[other]] : 0);

// The Reed–Solomon generator's coefficients, the highest power left out.
function generator(degree) {
  let poly = [1];
  for (let root = 0; root < degree; root += 1) {
    const next = [...poly, 0];
    poly.forEach((factor, place) => { next[place + 1] ^= times(factor, EXP[root]); });
    poly = next;
  }
  return poly.slice(1);
}
const GENERATOR = generator(CHECK_CODEWORDS);

function checkCodewords(data) {
  const rest = new Array(CHECK_CODEWORDS).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    GENERATOR.forEach((coefficient, place) => { rest[place] ^= times(coefficient, factor); });
  }
  return rest;
}

// Mode (0100), length in 16 bits, the bytes, an end of up to four zeros, padding.
function dataCodewords(bytes) {
  if (bytes.length > MOST_BYTES) throw new RangeError(`a code has at most ${MOST_BYTES} bytes`);
  const bits = [];
  const push = (value, count) => { for (let at = count - 1; at >= 0; at -= 1) bits.push((value >> at) & 1); };
  push(0b0100, 4);
  push(bytes.length, 16);
  bytes.forEach((byte) => push(byte, 8));
  push(0, Math.min(4, DATA_CODEWORDS * 8 - bits.length));
  const codewords = [];
  for (let at = 0; at < bits.length; at += 8) codewords.push(parseInt(bits.slice(at, at + 8).join("").padEnd(8, "0"), 2));
  for (let pad = 0xec; codewords.length < DATA_CODEWORDS; pad ^= 0xec ^ 0x11) codewords.push(pad);
  return codewords;
}

// The blocks' codewords in turns: first all data, then all checks.
function interleaved(data) {
  let from = 0;
  const blocks = BLOCKS.map((length) => data.slice(from, from += length));
  const checks = blocks.map(checkCodewords);
  const turns = (lists) => {
    const longest = Math.max(...lists.map((list) => list.length));
    return Array.from({ length: longest }, (_, at) => lists.filter((list) => at < list.length).map((list) => list[at])).flat();
  };
  return [...turns(blocks), ...turns(checks)];
}

// The remainder of a BCH code: `bits` of `value` behind which there is room for the check.
function bch(value, checkBits, poly) {
  let rest = value << checkBits;
  for (let at = 31 - Math.clz32(rest); rest >> checkBits; at = 31 - Math.clz32(rest)) rest ^= poly << (at - checkBits);
  return (value << checkBits) | rest;
}

const grid = () => Array.from({ length: SIZE }, () => new Uint8Array(SIZE));

// Everything that is no data. `taken` marks where.
function functionPatterns() {
  const dark = grid();
  const taken = grid();
  const set = (row, column, value) => {
    if (row < 0 || column < 0 || row >= SIZE || column >= SIZE) return;
    dark[row][column] = value ? 1 : 0;
    taken[row][column] = 1;
  };
  for (let at = 0; at < SIZE; at += 1) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const square = (row, column, radius, isDark) => {
    for (let down = -radius; down <= radius; down += 1) {
      for (let right = -radius; right <= radius; right += 1) set(row + down, column + right, isDark(Math.max(Math.abs(down), Math.abs(right))));
    }
  };
  for (const [row, column] of [[3, 3], [3, SIZE - 4], [SIZE - 4, 3]]) square(row, column, 4, (ring) => ring !== 2 && ring !== 4);
  for (const row of ALIGNMENT) {
    for (const column of ALIGNMENT) {
      const inFinder = (row === 6 && column === 6) || (row === 6 && column === 54) || (row === 54 && column === 6);
      if (!inFinder) square(row, column, 2, (ring) => ring !== 1);
    }
  }
  const version = bch(VERSION, 12, 0x1f25);
  for (let at = 0; at < 18; at += 1) {
    const bit = (version >> at) & 1;
    set(Math.floor(at / 3), SIZE - 11 + (at % 3), bit);
    set(SIZE - 11 + (at % 3), Math.floor(at / 3), bit);
  }
  format(set, 0); // takes the place; the mask is known later
  return { dark, taken };
}

// Level and mask, twice, and the module that is always dark.
function format(set, mask) {
  const bits = bch((LEVEL_M << 3) | mask, 10, 0x537) ^ 0x5412;
  const bit = (at) => (bits >> at) & 1;
  for (let at = 0; at <= 5; at += 1) set(at, 8, bit(at));
  set(7, 8, bit(6));
  set(8, 8, bit(7));
  set(8, 7, bit(8));
  for (let at = 9; at < 15; at += 1) set(8, 14 - at, bit(at));
  for (let at = 0; at < 8; at += 1) set(8, SIZE - 1 - at, bit(at));
  for (let at = 8; at < 15; at += 1) set(SIZE - 15 + at, 8, bit(at));
  set(SIZE - 8, 8, 1);
}

const MASKS = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

// Codewords in pairs of columns from the right, up and down in turns; column 6 is the timing pattern's.
function place(dark, taken, codewords) {
  let next = 0;
  let up = true;
  for (let right = SIZE - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < SIZE; step += 1) {
      const row = up ? SIZE - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (taken[row][column]) continue;
        dark[row][column] = ((codewords[next >> 3] ?? 0) >> (7 - (next & 7))) & 1;
        next += 1;
      }
    }
    up = !up;
  }
}

// How hard a code is to read: long runs, squares, what looks like a corner, too much of one colour.
function penalty(dark) {
  let sum = 0;
  let darks = 0;
  const lines = [...dark.map((row) => [...row]), ...dark.map((_, column) => dark.map((row) => row[column]))];
  for (const line of lines) {
    for (let from = 0, at = 1; at <= SIZE; at += 1) {
      if (at < SIZE && line[at] === line[from]) continue;
      if (at - from >= 5) sum += at - from - 2;
      from = at;
    }
    const text = line.join("");
    for (const corner of ["10111010000", "00001011101"]) {
      for (let at = text.indexOf(corner); at >= 0; at = text.indexOf(corner, at + 1)) sum += 40;
    }
  }
  for (let row = 0; row < SIZE; row += 1) {
    for (let column = 0; column < SIZE; column += 1) {
      const value = dark[row][column];
      darks += value;
      if (row && column && dark[row - 1][column] === value && dark[row][column - 1] === value && dark[row - 1][column - 1] === value) sum += 3;
    }
  }
  return sum + 10 * Math.floor(Math.abs((darks * 20) / (SIZE * SIZE) - 10));
}

// The modules of a text, rows of 0 and 1.
export function modules(text) {
  const codewords = interleaved(dataCodewords([...new TextEncoder().encode(text)]));
  const { dark, taken } = functionPatterns();
  place(dark, taken, codewords);
  let best;
  MASKS.forEach((mask, number) => {
    const masked = dark.map((line, row) => line.map((value, column) => (taken[row][column] ? value : value ^ (mask(row, column) ? 1 : 0))));
    format((row, column, value) => { masked[row][column] = value; }, number);
    const score = penalty(masked);
    if (!best || score < best.score) best = { score, masked };
  });
  return best.masked;
}

// The same as the path of a picture, one unit a module, with the quiet zone of four.
export function path(text) {
  return modules(text).map((line, row) => [...line].map((value, column) => (value ? `M${column + 4} ${row + 4}h1v1h-1z` : "")).join("")).join("");
}
