package io.kemudi.apimachinery.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// A growing buffer of JSON bytes, escaped as Go's encoding/json escapes for HTML: `<`, `>`, `&`,
/// U+2028 and U+2029 as `\\u` sequences, bytes that are not UTF-8 as U+FFFD. Not thread-safe. A
/// caller that streams empties it with [#drainTo(OutputStream)] between values.
public final class JsonOutput {
  private static final int INITIAL_BYTES = 1 << 10;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] REPLACEMENT = "\\ufffd".getBytes(StandardCharsets.US_ASCII);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  /// byte -> it stands for itself inside a JSON string.
  private static final boolean[] PLAIN = new boolean[256];

  static {
    for (int b = 0x20; b < 0x80; b++) {
      PLAIN[b] = b != '"' && b != '\\' && b != '<' && b != '>' && b != '&';
    }
  }

  private byte[] buffer;
  private int size;

  public JsonOutput() {
    this(INITIAL_BYTES);
  }

  public JsonOutput(int capacity) {
    buffer = new byte[Math.max(capacity, 64)];
  }

  public int size() {
    return size;
  }

  public void clear() {
    size = 0;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  /// Writes all bytes and forgets them.
  public void drainTo(OutputStream out) throws IOException {
    out.write(buffer, 0, size);
    size = 0;
  }

  private void reserve(int more) {
    if (buffer.length - size < more) {
      // Grows by half; a buffer of 2 GiB throws, as an object is at most 1.5 MiB on the wire.
      int wanted = Math.addExact(size, more);
      buffer =
          Arrays.copyOf(buffer, Math.max(wanted, Math.addExact(buffer.length, buffer.length >> 1)));
    }
  }

  /// One byte, unescaped.
  public void raw(int b) {
    if (size == buffer.length) {
      reserve(1);
    }
    buffer[size++] = (byte) b;
  }

  /// Bytes that are JSON already.
  public void raw(byte[] bytes) {
    raw(bytes, 0, bytes.length);
  }

  public void raw(byte[] bytes, int from, int to) {
    int length = to - from;
    reserve(length);
    System.arraycopy(bytes, from, buffer, size, length);
    size += length;
  }

  /// ASCII text that needs no escaping, unquoted.
  @SuppressWarnings("deprecation") // the copy of low bytes is what is wanted for ASCII
  public void ascii(String text) {
    int length = text.length();
    reserve(length);
    text.getBytes(0, length, buffer, size);
    size += length;
  }

  public void number(long value) {
    if (value >= 0 && value < 10) {
      raw('0' + (int) value);
      return;
    }
    if (value == Long.MIN_VALUE) {
      ascii("-9223372036854775808");
      return;
    }
    reserve(20);
    long rest = value;
    if (rest < 0) {
      buffer[size++] = '-';
      rest = -rest;
    }
    int end = size + digits(rest);
    size = end;
    do {
      long quotient = rest / 10;
      buffer[--end] = (byte) ('0' + (rest - quotient * 10));
      rest = quotient;
    } while (rest != 0);
  }

  private static int digits(long value) {
    int digits = 1;
    for (long bound = 10; digits < 19 && value >= bound; bound *= 10) {
      digits++;
    }
    return digits;
  }

  /// A number as Go prints a float64: shortest form, exponent outside 1e-6 to 1e21.
  public void number(double value) {
    ascii(GoNumbers.format(value));
  }

  public void bool(boolean value) {
    ascii(value ? "true" : "false");
  }

  public void nil() {
    ascii("null");
  }

  public void string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    string(bytes, 0, bytes.length);
  }

  /// A quoted string from UTF-8 bytes.
  public void string(byte[] utf8, int from, int to) {
    reserve(to - from + 2);
    buffer[size++] = '"';
    int run = from;
    int at = from;
    while (at < to) {
      if (to - at >= 8 && eightPlain((long) LONGS.get(utf8, at))) {
        at += 8;
      } else if (PLAIN[utf8[at] & 0xff]) {
        at++;
      } else {
        int next = plainUntil(utf8, at, to);
        if (next > at) {
          at = next; // well-formed UTF-8 that needs no escaping
        } else {
          raw(utf8, run, at);
          at = escape(utf8, at, to);
          run = at;
        }
      }
    }
    raw(utf8, run, to);
    raw('"');
  }

  /// Whether eight bytes all are ASCII that stands for itself. Errs only towards no.
  private static boolean eightPlain(long word) {
    long special =
        hasByte(word, '"')
            | hasByte(word, '\\')
            | hasByte(word, '&')
            | hasByte(word & ~(ONES << 1), '<'); // < is 0x3c, > is 0x3e: they differ in one bit
    long control = (word - ONES * 0x20) & ~word;
    return ((special | control | word) & HIGHS) == 0;
  }

  private static long hasByte(long word, int b) {
    long x = word ^ (ONES * b);
    return (x - ONES) & ~x;
  }

  /// The end of the multi-byte character at `at`, or `at` when it must be escaped.
  private static int plainUntil(byte[] utf8, int at, int to) {
    int length = Utf8.sequenceLength(utf8, at, to);
    if (length < 2) {
      return at;
    }
    boolean separator =
        length == 3
            && utf8[at] == (byte) 0xe2
            && utf8[at + 1] == (byte) 0x80
            && (utf8[at + 2] & 0xfe) == 0xa8; // U+2028, U+2029
    return separator ? at : at + length;
  }

  private int escape(byte[] utf8, int at, int to) {
    int b = utf8[at] & 0xff;
    reserve(6);
    switch (b) {
      case '"', '\\' -> shortEscape(b);
      case '\n' -> shortEscape('n');
      case '\r' -> shortEscape('r');
      case '\t' -> shortEscape('t');
      case '\b' -> shortEscape('b');
      case '\f' -> shortEscape('f');
      default -> {
        if (b < 0x80) {
          ascii("\\u00");
          raw(HEX[b >> 4]);
          raw(HEX[b & 15]);
        } else if (Utf8.sequenceLength(utf8, at, to) == 3) {
          ascii("\\u202");
          raw(HEX[utf8[at + 2] & 15]);
          return at + 3;
        } else {
          raw(REPLACEMENT);
        }
      }
    }
    return at + 1;
  }

  private void shortEscape(int letter) {
    raw('\\');
    raw(letter);
  }

  /// JSON text of unknown layout: written without white space between tokens and escaped for HTML,
  /// as Go does with a `json.RawMessage`. Empty text is null.
  public void compact(byte[] json, int from, int to) {
    if (from == to) {
      nil();
      return;
    }
    reserve(to - from);
    int run = from;
    boolean quoted = false;
    for (int at = from; at < to; at++) {
      int b = json[at] & 0xff;
      if (b == '"') {
        quoted = !quoted;
      } else if (b == '\\') {
        at++; // the escaped character is no quote
      } else if (!quoted && (b == ' ' || b == '\n' || b == '\t' || b == '\r')) {
        raw(json, run, at);
        run = at + 1;
      } else if (b == '<' || b == '>' || b == '&') {
        raw(json, run, at);
        escape(json, at, to);
        run = at + 1;
      } else if (b == 0xe2 && at + 2 < to && plainUntil(json, at, to) == at) {
        raw(json, run, at);
        at = escape(json, at, to) - 1;
        run = at + 1;
      }
    }
    raw(json, run, Math.max(run, to));
  }

  /// Bytes as a quoted base64 string.
  public void base64(byte[] bytes, int from, int to) {
    raw('"');
    byte[] part = Arrays.copyOfRange(bytes, from, to);
    raw(Base64.getEncoder().encode(part));
    raw('"');
  }
}
