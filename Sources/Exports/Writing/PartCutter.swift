import Primitives

/// Compresses, hashes and cuts a stream of bytes into parts of one size.
struct PartCutter {
  private let partBytes: Int
  private let deflater: Deflater?
  private let digest: Digest
  /// The bytes that do not fill a part yet.
  private var rest: [UInt8] = []
  /// The number of the next part, from 0.
  private var next = 0
  /// The size of the file so far, in bytes.
  private(set) var size: Int64 = 0

  init(partBytes: Int, packs: Bool) throws {
    self.partBytes = max(1, partBytes)
    guard let digest = Digest(.sha256) else {
      throw ExportError(.failed, "a SHA-256 cannot be computed here")
    }
    self.digest = digest
    deflater = packs ? try Deflater() : nil
  }

  /// Appends bytes.
  /// - Returns: The parts that became full.
  mutating func add(_ bytes: [UInt8]) throws -> [Part] {
    guard !bytes.isEmpty else { return [] }
    return take(try deflater?.pack(bytes) ?? bytes)
  }

  /// Finishes the file.
  /// - Returns: The remaining parts, and the file's hash.
  mutating func finish() throws -> (parts: [Part], sha256: String) {
    var parts = try deflater.map { take(try $0.pack([], isLast: true)) } ?? []
    if !rest.isEmpty {
      parts.append(Part(number: next, bytes: rest))
      rest = []
    }
    return (parts, digest.finish())
  }

  private mutating func take(_ bytes: [UInt8]) -> [Part] {
    digest.update(bytes)
    size += Int64(bytes.count)
    var parts: [Part] = []
    var bytes = bytes[...]
    while rest.count + bytes.count >= partBytes {
      let missing = partBytes - rest.count
      parts.append(Part(number: next, bytes: rest + bytes.prefix(missing)))
      bytes = bytes.dropFirst(missing)
      rest = []
      next += 1
    }
    rest += bytes
    return parts
  }
}

/// A part of a file.
struct Part: Sendable {
  let number: Int
  let bytes: [UInt8]
}
