import CZlib

/// The bytes of a zip file, read and written in its order of bytes.
struct ZipBytes {
  private(set) var bytes: [UInt8]

  init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  /// The place of the record at the end of the file, which ends with its comment.
  var directoryEnd: Int? {
    let latest = bytes.count - 22
    guard latest >= 0 else { return nil }
    return stride(from: latest, through: max(0, latest - 0xFFFF), by: -1).first { place in
      number(at: place, 4) == 0x0605_4B50
        && number(at: place + 20, 2).map { place + 22 + $0 == bytes.count } ?? false
    }
  }

  /// The number of so many bytes at a place; nil past the end.
  func number(at place: Int, _ count: Int) -> Int? {
    guard let slice = slice(at: place, count) else { return nil }
    return slice.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// So many bytes at a place; nil past the end.
  func slice(at place: Int, _ count: Int) -> ArraySlice<UInt8>? {
    guard place >= 0, count >= 0, place <= bytes.count, count <= bytes.count - place else {
      return nil
    }
    return bytes[place..<(place + count)]
  }

  /// Appends a number of so many bytes.
  mutating func append(_ number: Int, _ count: Int) {
    for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
  }

  mutating func append(contentsOf more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// The checksum (CRC-32) that an archive has of a file.
  static func checksum(of file: [UInt8]) -> Int {
    file.withUnsafeBufferPointer { Int(crc32(0, $0.baseAddress, UInt32(clamping: $0.count))) }
  }
}
