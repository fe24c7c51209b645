/// Reads integers in network order and slices from bytes, checking every length.
struct ByteReader {
  static let tooShort = PostgresError(.decoding, "the value is shorter than its form says")

  private let buffer: UnsafeRawBufferPointer
  private var position = 0

  init(_ buffer: UnsafeRawBufferPointer) { self.buffer = buffer }

  var remaining: Int { buffer.count - position }

  mutating func integer<I: FixedWidthInteger>(_: I.Type = I.self) throws(PostgresError) -> I {
    let size = MemoryLayout<I>.size
    guard remaining >= size else { throw ByteReader.tooShort }
    defer { position += size }
    return I(bigEndian: buffer.loadUnaligned(fromByteOffset: position, as: I.self))
  }

  mutating func bytes(_ count: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
    guard count >= 0, remaining >= count else { throw ByteReader.tooShort }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: buffer[position..<(position + count)])
  }
}
