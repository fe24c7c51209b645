package import Primitives

/// A database of places by address, in the format of MaxMind (2.0): a binary tree over the bits of addresses, whose leaves
/// point to records.
package final class PlaceDatabase: Sendable {
  private static let mark: [UInt8] = [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
  /// The end of the file in which the description is.
  private static let maximumDescription = 131_072
  /// The bytes between the tree and the records.
  private static let gap = 16

  private let file: FileBytes
  private let nodes: Int
  /// The bits of each of a node's two records.
  private let recordBits: Int
  private let isVersion6: Bool
  private let records: Range<Int>

  /// What the database calls itself, such as `GeoLite2-City`.
  package let type: String
  /// The instant at which it was made, in seconds since 1970.
  package let built: Int

  /// Opens a file and reads its description.
  ///
  /// - Throws: ``PlaceDatabaseError`` for a file that cannot be read, or is no such database.
  package init(_ path: String) throws(PlaceDatabaseError) {
    file = try FileBytes(path)
    let start = max(0, file.count - Self.maximumDescription)
    let end = try file.read(start..<file.count)
    guard let place = Self.last(Self.mark, in: end) else {
      throw PlaceDatabaseError("\(path) is no database of MaxMind's format")
    }
    let description = start + place + Self.mark.count
    var reader = PlaceReader(file, description..<file.count)
    let about = try reader.value(at: 0)
    guard about["binary_format_major_version"].integer(in: 2...2) != nil,
      let nodes = about["node_count"].integer(in: 0...Int(UInt32.max)),
      let bits = about["record_size"].integer(in: 24...32), [24, 28, 32].contains(bits),
      let version = about["ip_version"].integer(in: 4...6), version != 5
    else { throw PlaceDatabaseError("\(path) is of an unknown form") }
    let tree = nodes * bits / 4
    guard tree + Self.gap <= start + place else {
      throw PlaceDatabaseError("\(path) is malformed: it ends in its tree")
    }
    self.nodes = nodes
    recordBits = bits
    isVersion6 = version == 6
    records = tree + Self.gap..<start + place
    if case .text(let text) = about["database_type"] { type = text } else { type = "" }
    built = about["build_epoch"].integer(in: 0...Int.max) ?? 0
  }

  /// Looks an address up.
  ///
  /// - Returns: `nil` if the database does not know it.
  /// - Throws: ``PlaceDatabaseError`` where the file is malformed.
  package func find(_ address: IPAddress) throws(PlaceDatabaseError) -> Place? {
    guard address.isVersion4 || isVersion6 else { return nil }
    var bytes = address.bytes
    if address.isVersion4 {
      // The networks of IPv4 are those of ::/96.
      bytes = [UInt8](repeating: 0, count: isVersion6 ? 12 : 0) + bytes.suffix(4)
    }
    var node = 0
    for byte in bytes {
      for bit in 0..<8 where node < nodes {
        node = try record(of: node, second: byte >> UInt8(7 - bit) & 1 == 1)
      }
    }
    guard node > nodes else { return nil }
    var reader = PlaceReader(file, records)
    return Place(try reader.value(at: node - nodes - Self.gap))
  }

  /// One of a node's two records: the number of another node, of none, or the place of a record.
  private func record(of node: Int, second: Bool) throws(PlaceDatabaseError) -> Int {
    let size = recordBits / 4
    let bytes = try file.read(node * size..<(node + 1) * size)
    guard bytes.count == size else {
      throw PlaceDatabaseError("\(file.path) is malformed: it ends in its tree")
    }
    let half = recordBits / 8
    let start = second ? size - half : 0
    let whole = bytes[start..<start + half].reduce(0) { $0 << 8 | Int($1) }
    guard recordBits == 28 else { return whole }
    // Both share the byte in the middle.
    let shared = Int(second ? bytes[3] & 0x0F : bytes[3] >> 4)
    return shared << 24 | whole
  }

  private static func last(_ mark: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    return (0...bytes.count - mark.count).reversed().first { bytes[$0...].starts(with: mark) }
  }
}
