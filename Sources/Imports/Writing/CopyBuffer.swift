import Postgres

/// Rows in COPY's text form, built from bytes.
struct CopyBuffer: Sendable {
  private(set) var bytes: [UInt8] = []
  private var isFirst = true

  /// Begins the next column.
  @inline(__always)
  private mutating func separate() {
    if isFirst { isFirst = false } else { bytes.append(0x09) }
  }

  mutating func append(_ number: Int64) {
    separate()
    var buffer: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &buffer) { digits in
      var index = digits.count
      var rest = number.magnitude
      repeat {
        index -= 1
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        digits[index] = 0x30 + UInt8(truncatingIfNeeded: digit)
        rest = quotient
      } while rest > 0
      if number < 0 {
        index -= 1
        digits[index] = 0x2D
      }
      bytes.append(contentsOf: digits[index...])
    }
  }

  mutating func append(_ number: Int64?) {
    if let number { append(number) } else { appendNull() }
  }

  mutating func append(_ flag: Bool) {
    separate()
    bytes.append(flag ? 0x74 : 0x66)
  }

  mutating func appendNull() {
    separate()
    bytes.append(0x5C)
    bytes.append(0x4E)
  }

  /// Appends a value that contains nothing to escape.
  mutating func append(plain: [UInt8]) {
    separate()
    bytes.append(contentsOf: plain)
  }

  mutating func append(_ text: String?) {
    guard let text else { return appendNull() }
    separate()
    var copy = text
    copy.withUTF8 { CopyText.append(bytes: UnsafeRawBufferPointer($0), to: &bytes) }
  }

  mutating func append(escaping value: [UInt8]) {
    separate()
    value.withUnsafeBytes { CopyText.append(bytes: $0, to: &bytes) }
  }

  /// Appends a cell that has a value.
  @inline(__always)
  mutating func append(_ cell: Cell, of arena: UnsafeRawBufferPointer) {
    separate()
    let value = UnsafeRawBufferPointer(rebasing: arena[cell.range])
    if cell.needsEscape {
      CopyText.append(bytes: value, to: &bytes)
    } else {
      bytes.append(contentsOf: value)
    }
  }

  mutating func endRow() {
    bytes.append(0x0A)
    isFirst = true
  }

  var isEmpty: Bool { bytes.isEmpty }

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Copies everything into a table, unless it is empty.
  func copy(into sql: SQL, on connection: PostgresConnection) async throws {
    guard !bytes.isEmpty else { return }
    let bytes = bytes
    try await connection.copyIn(sql) { try await $0.write(bytes) }
  }
}

extension CopyBuffer {
  /// Appends a value of type `bytea`.
  mutating func append(binary value: [UInt8]) {
    separate()
    CopyText.append(bytea: value, to: &bytes)
  }
}
