import Foundation

/// A database of places in MaxMind's format, made for a test.
public struct PlaceFile {
  /// A value of a record.
  public indirect enum Value: Sendable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
  {
    case text(String)
    case number(Double)
    case integer(UInt64)
    case list([Value])
    case map([(String, Value)])
    /// Bytes as they are, for what no writer writes.
    case raw([UInt8])

    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A whole number.
    public init(integerLiteral value: UInt64) { self = .integer(value) }
    /// A list.
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
    /// A map, whose members keep their order.
    public init(dictionaryLiteral elements: (String, Value)...) { self = .map(elements) }

    var bytes: [UInt8] {
      switch self {
      case .text(let text): Self.head(2, text.utf8.count) + Array(text.utf8)
      case .number(let number): Self.head(3, 8) + Self.whole(number.bitPattern, 8)
      case .integer(let number): Self.head(9, 8) + Self.whole(number, 8)
      case .list(let items): Self.head(11, items.count) + items.flatMap(\.bytes)
      case .map(let members):
        Self.head(7, members.count) + members.flatMap { Value.text($0.0).bytes + $0.1.bytes }
      case .raw(let bytes): bytes
      }
    }

    private static func head(_ type: UInt8, _ size: Int) -> [UInt8] {
      let low: UInt8
      let more: [UInt8]
      switch size {
      case 0..<29: (low, more) = (UInt8(size), [])
      case 29..<285: (low, more) = (29, [UInt8(size - 29)])
      default: (low, more) = (30, whole(UInt64(size - 285), 2))
      }
      return (type < 8 ? [type << 5 | low] : [low, type - 7]) + more
    }

    static func whole(_ number: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    }
  }

  private enum Target {
    case nothing
    case node(Int)
    case record(Int)
  }

  private var nodes: [[Target]] = [[.nothing, .nothing]]
  private var data: [UInt8] = []
  /// The size of a record of the tree in bits: 24, 28 or 32.
  public var recordBits = 24
  /// 4 or 6.
  public var version = 6
  /// Members of the description that take the place of the right ones.
  public var about: [(String, Value)] = []

  /// A database without places.
  public init() {}

  /// Adds a network, by the first bits of its address.
  ///
  /// - Parameters:
  ///   - network: The bytes of the address; those of IPv4 as 4 or, in a database of version 6, after twelve zeros.
  ///   - bits: The bits that count.
  ///   - record: What is known of it.
  public mutating func add(_ network: [UInt8], bits: Int, _ record: Value) {
    let place = data.count
    data += record.bytes
    var node = 0
    for bit in 0..<bits {
      let side = Int(network[bit / 8] >> UInt8(7 - bit % 8) & 1)
      if bit == bits - 1 {
        nodes[node][side] = .record(place)
      } else if case .node(let next) = nodes[node][side] {
        node = next
      } else {
        nodes.append([.nothing, .nothing])
        nodes[node][side] = .node(nodes.count - 1)
        node = nodes.count - 1
      }
    }
  }

  /// Adds a network of IPv4 to a database of version 6.
  public mutating func add(_ a: UInt8, _ b: UInt8, _ c: UInt8, bits: Int, _ record: Value) {
    add([UInt8](repeating: 0, count: 12) + [a, b, c, 0], bits: 96 + bits, record)
  }

  /// The file.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for node in nodes {
      let sides = node.map { target in
        switch target {
        case .nothing: UInt64(nodes.count)
        case .node(let number): UInt64(number)
        case .record(let place): UInt64(nodes.count + 16 + place)
        }
      }
      if recordBits == 28 {
        bytes += Value.whole(sides[0], 3)
        bytes.append(UInt8(sides[0] >> 24) << 4 | UInt8(sides[1] >> 24))
        bytes += Value.whole(sides[1], 3)
      } else {
        bytes += sides.flatMap { Value.whole($0, recordBits / 8) }
      }
    }
    bytes += [UInt8](repeating: 0, count: 16) + data
    bytes += [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
    var members: [(String, Value)] = [
      ("node_count", .integer(UInt64(nodes.count))), ("record_size", .integer(UInt64(recordBits))),
      ("ip_version", .integer(UInt64(version))), ("database_type", "Test-City"),
      ("binary_format_major_version", 2), ("binary_format_minor_version", 0),
      ("build_epoch", 1_700_000_000),
    ]
    members = members.filter { member in !about.contains { $0.0 == member.0 } } + about
    return bytes + Value.map(members).bytes
  }
}
