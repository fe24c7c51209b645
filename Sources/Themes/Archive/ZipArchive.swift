import CZlib

/// Reads a zip file that is held in memory (APPNOTE 6.3): its directory, and single files of it. Neither encrypted files nor
/// those of more than 4 GiB (ZIP64) are read.
struct ZipArchive {
  /// What the directory says of a file.
  struct Entry {
    var name: String
    fileprivate var isPacked: Bool
    fileprivate var checksum: Int
    fileprivate var packedBytes: Int
    fileprivate var bytes: Int
    fileprivate var place: Int
  }

  /// The maximum number of files in an archive.
  static let mostEntries = 2_000
  /// The maximum number of bytes of all files when they are unpacked.
  static let mostBytes = 64 * 1024 * 1024

  /// The files in the order of the directory; folders are not among them.
  let entries: [Entry]
  private let content: ZipBytes

  /// Reads the directory.
  ///
  /// - Throws: ``ZipError``.
  init(_ bytes: [UInt8]) throws(ZipError) {
    content = ZipBytes(bytes)
    entries = try Self.directory(of: content)
  }

  /// Returns the unpacked content of a file; nil if there is none of that name.
  ///
  /// - Throws: ``ZipError`` if it has more than `limit` bytes or is damaged.
  func file(_ name: String, upTo limit: Int) throws(ZipError) -> [UInt8]? {
    guard let entry = entries.first(where: { $0.name == name }) else { return nil }
    guard entry.bytes <= limit else { throw .tooLarge("\(name) has more than \(limit) bytes") }
    guard content.number(at: entry.place, 4) == 0x0403_4B50,
      let name = content.number(at: entry.place + 26, 2),
      let extra = content.number(at: entry.place + 28, 2),
      let packed = content.slice(at: entry.place + 30 + name + extra, entry.packedBytes)
    else { throw .damaged }
    let file = entry.isPacked ? try Self.unpack(packed, to: entry.bytes) : Array(packed)
    guard file.count == entry.bytes, ZipBytes.checksum(of: file) == entry.checksum else {
      throw .damaged
    }
    return file
  }

  private static func directory(of content: ZipBytes) throws(ZipError) -> [Entry] {
    guard let end = content.directoryEnd else { throw .notZip }
    guard let count = content.number(at: end + 10, 2), count == content.number(at: end + 8, 2),
      content.number(at: end + 4, 4) == 0, var place = content.number(at: end + 16, 4)
    else { throw .damaged }
    guard count <= mostEntries else { throw .tooLarge("more than \(mostEntries) files") }
    var entries: [Entry] = []
    var total = 0
    for _ in 0..<count {
      guard let (entry, next, isEncrypted) = try entry(in: content, at: place) else {
        throw .damaged
      }
      if isEncrypted { throw .encrypted }
      place = next
      total += entry.bytes
      guard total <= mostBytes else {
        throw .tooLarge("more than \(mostBytes) bytes when it is unpacked")
      }
      if !entry.name.hasSuffix("/") { entries.append(entry) }
    }
    return entries
  }

  private static func entry(
    in content: ZipBytes, at place: Int
  ) throws(ZipError) -> (entry: Entry, next: Int, isEncrypted: Bool)? {
    guard content.number(at: place, 4) == 0x0201_4B50,
      let flags = content.number(at: place + 8, 2), let method = content.number(at: place + 10, 2),
      let checksum = content.number(at: place + 16, 4),
      let packedBytes = content.number(at: place + 20, 4),
      let bytes = content.number(at: place + 24, 4),
      let nameBytes = content.number(at: place + 28, 2),
      let extra = content.number(at: place + 30, 2),
      let comment = content.number(at: place + 32, 2),
      let start = content.number(at: place + 42, 4),
      let slice = content.slice(at: place + 46, nameBytes)
    else { return nil }
    let name = String(decoding: slice, as: UTF8.self)
    guard isSafe(name) else { throw .unsafeName(name) }
    guard method == 0 || method == 8 else { throw .damaged }
    let entry = Entry(
      name: name, isPacked: method == 8, checksum: checksum, packedBytes: packedBytes,
      bytes: bytes, place: start)
    return (entry, place + 46 + nameBytes + extra + comment, flags & 1 == 1)
  }

  /// Whether a name stays inside of the folder into which a program unpacks the archive.
  private static func isSafe(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("/")
      && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x5C && $0 != 0x7F && $0 != 0x3A }
      && !name.split(separator: "/").contains("..")
  }

  /// Unpacks a file of a size that is known.
  private static func unpack(
    _ packed: ArraySlice<UInt8>, to count: Int
  ) throws(ZipError) -> [UInt8] {
    var stream = z_stream()
    // A negative window: neither a header nor a trailer.
    guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .outOfMemory }
    defer { inflateEnd(&stream) }
    var source = Array(packed)
    // One more byte shows a file that is longer than it says.
    var target = [UInt8](repeating: 0, count: count + 1)
    let status = source.withUnsafeMutableBufferPointer { from in
      target.withUnsafeMutableBufferPointer { to in
        stream.next_in = from.baseAddress
        stream.avail_in = UInt32(clamping: from.count)
        stream.next_out = to.baseAddress
        stream.avail_out = UInt32(clamping: to.count)
        return inflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END, Int(stream.avail_out) == 1 else { throw .damaged }
    target.removeLast()
    return target
  }
}
