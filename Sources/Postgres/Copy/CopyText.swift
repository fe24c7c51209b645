public import FoundationEssentials
import Primitives

/// The text form of COPY: fields separated by tabs, rows by newlines, `\N` for NULL, and a
/// backslash before what would be mistaken for these.
public enum CopyText {
  private static let backslash = UInt8(ascii: "\\")

  /// Whether a byte is written as a backslash and a letter.
  @inlinable
  public static func needsEscape(_ byte: UInt8) -> Bool {
    byte == 0x5C || (byte < 0x0E && byte > 0x07)
  }

  /// Appends a field, escaped. `nil` is NULL.
  public static func append(field: String?, to buffer: inout [UInt8]) {
    guard var field else {
      appendNull(to: &buffer)
      return
    }
    field.withUTF8 { append(bytes: UnsafeRawBufferPointer($0), to: &buffer) }
  }

  /// Appends a field's UTF-8 bytes, escaped.
  public static func append(field: some Sequence<UInt8>, to buffer: inout [UInt8]) {
    let direct: Void? = field.withContiguousStorageIfAvailable {
      append(bytes: UnsafeRawBufferPointer($0), to: &buffer)
    }
    if direct == nil {
      for byte in field { append(byte: byte, to: &buffer) }
    }
  }

  /// Appends a field's UTF-8 bytes, escaped: runs of plain bytes are copied whole.
  public static func append(bytes: UnsafeRawBufferPointer, to buffer: inout [UInt8]) {
    var start = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if needsEscape(byte), let letter = escape(byte) {
        buffer.append(contentsOf: bytes[start..<index])
        buffer.append(backslash)
        buffer.append(letter)
        start = index + 1
      }
      index += 1
    }
    buffer.append(contentsOf: bytes[start..<bytes.count])
  }

  /// An instant as the text of a field, in UTC and with microseconds where it has any.
  public static func instant(_ date: Date) -> String {
    PostgresTime.timestampText(microseconds: PostgresTime.microseconds(of: date), zone: "+00")
  }

  /// Appends NULL.
  public static func appendNull(to buffer: inout [UInt8]) {
    buffer.append(backslash)
    buffer.append(UInt8(ascii: "N"))
  }

  /// Appends the end of a field that another follows.
  public static func appendSeparator(to buffer: inout [UInt8]) { buffer.append(0x09) }

  /// Appends the end of a row.
  public static func appendRowEnd(to buffer: inout [UInt8]) { buffer.append(0x0A) }

  /// Appends a row of texts.
  public static func append(row: [String?], to buffer: inout [UInt8]) {
    for (index, field) in row.enumerated() {
      if index > 0 { appendSeparator(to: &buffer) }
      append(field: field, to: &buffer)
    }
    appendRowEnd(to: &buffer)
  }

  /// Appends the text form of bytes for a `bytea` column.
  public static func append(bytea: some Sequence<UInt8>, to buffer: inout [UInt8]) {
    buffer.append(contentsOf: [backslash, backslash, UInt8(ascii: "x")])
    for byte in bytea {
      Hex.append(byte, to: &buffer)
    }
  }

  /// Splits one line of COPY's text form, without its newline, into fields; `nil` is NULL.
  public static func fields(of line: some Collection<UInt8>) -> [[UInt8]?] {
    var fields: [[UInt8]?] = []
    var field: [UInt8] = []
    var isNull = false
    var iterator = line.makeIterator()
    while let byte = iterator.next() {
      if byte == 0x09 {
        fields.append(isNull ? nil : field)
        field.removeAll(keepingCapacity: true)
        isNull = false
      } else if byte == backslash, let letter = iterator.next() {
        if letter == UInt8(ascii: "N") { isNull = true } else { field.append(unescape(letter)) }
      } else {
        field.append(byte)
      }
    }
    fields.append(isNull ? nil : field)
    return fields
  }

  private static func append(byte: UInt8, to buffer: inout [UInt8]) {
    if let letter = escape(byte) {
      buffer.append(backslash)
      buffer.append(letter)
    } else {
      buffer.append(byte)
    }
  }

  private static func escape(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0B: UInt8(ascii: "v")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    case backslash: backslash
    default: nil
    }
  }

  /// The byte that a letter behind a backslash stands for.
  public static func unescape(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "v"): 0x0B
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "r"): 0x0D
    default: letter
    }
  }
}
