/// The bytes of a file that a request asks for (RFC 9110, 14).
enum ByteRange: Equatable {
  /// The whole file.
  case whole
  /// A range of at least one byte.
  case part(Range<Int64>)
  /// Bytes that the file does not have.
  case unsatisfiable

  /// Reads `Range: bytes=…`. An invalid header, another unit, and several ranges at once, which a server need not give,
  /// count as none.
  init(_ header: String?, size: Int64) {
    self = .whole
    guard let header else { return }
    let parts = header.split(separator: "=", maxSplits: 1).map { String($0).trimmingBlanks }
    guard parts.count == 2, parts[0].lowercased() == "bytes", !parts[1].contains(",") else {
      return
    }
    let bounds = parts[1].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      .map { String($0).trimmingBlanks }
    guard bounds.count == 2, bounds.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
    else { return }
    if bounds[0].isEmpty {
      guard !bounds[1].isEmpty else { return }
      // The last bytes, as many as given; a number too large to read is more than the file has.
      let count = min(Int64(bounds[1]) ?? size, size)
      self = count > 0 ? .part((size - count)..<size) : .unsatisfiable
      return
    }
    guard let first = Int64(bounds[0]), first < size else {
      self = .unsatisfiable
      return
    }
    let last = bounds[1].isEmpty ? size - 1 : min(Int64(bounds[1]) ?? (size - 1), size - 1)
    if last >= first { self = .part(first..<(last + 1)) }
  }
}
