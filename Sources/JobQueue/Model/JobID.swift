public import Foundation
import Synchronization

/// A job's id: a UUID of version 7, so ids sort by the time of their making.
///
/// Ids are made by the client, before the job is written anywhere, and grow strictly within one process.
public struct JobID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  let high: UInt64
  let low: UInt64

  /// A new id, greater than every other made by this process.
  public init() {
    self = JobIDGenerator.shared.next()
  }

  /// Reads the text form: 36 characters, hexadecimal digits in either case. Nil for any other text.
  public init?(_ text: String) {
    guard let id = JobID(bytes: Array(text.utf8)[...]) else { return nil }
    self = id
  }

  /// The id in a database column of type `uuid`.
  public init(uuid: UUID) {
    let b = uuid.uuid
    func word(_ bytes: UInt8...) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    high = word(b.0, b.1, b.2, b.3, b.4, b.5, b.6, b.7)
    low = word(b.8, b.9, b.10, b.11, b.12, b.13, b.14, b.15)
  }

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count == 36 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    var digits = 0
    for (offset, byte) in bytes.enumerated() {
      if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      if digits < 16 {
        words.0 = words.0 << 4 | UInt64(digit)
      } else {
        words.1 = words.1 << 4 | UInt64(digit)
      }
      digits += 1
    }
    (high, low) = words
  }

  /// The id as a `UUID`, for a database column of that type.
  public var uuid: UUID {
    func byte(_ word: UInt64, _ index: UInt64) -> UInt8 {
      UInt8(truncatingIfNeeded: word >> (56 - index * 8))
    }
    return UUID(
      uuid: (
        byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
        byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
        byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
        byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
      ))
  }

  /// The instant of the id's making, to the millisecond, by its maker's clock.
  public var madeAt: Date { Date(timeIntervalSince1970: Double(high >> 16) / 1000) }

  /// The text form: 36 lower-case characters.
  public var description: String {
    var text: [UInt8] = []
    text.reserveCapacity(36)
    appendText(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  func appendText(to output: inout [UInt8]) {
    func digit(_ value: UInt64) -> UInt8 {
      let nibble = UInt8(truncatingIfNeeded: value & 15)
      return nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
    for index in 0..<UInt64(16) {
      if index == 8 || index == 12 { output.append(UInt8(ascii: "-")) }
      output.append(digit(high >> (60 - index * 4)))
    }
    for index in 0..<UInt64(16) {
      if index == 0 || index == 4 { output.append(UInt8(ascii: "-")) }
      output.append(digit(low >> (60 - index * 4)))
    }
  }

  /// Orders ids by the time of their making.
  public static func < (a: JobID, b: JobID) -> Bool {
    a.high != b.high ? a.high < b.high : a.low < b.low
  }

  /// Reads the text form; throws when it is not a UUID.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = JobID(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a job id")
    }
    self = id
  }

  /// Writes the text form of 36 characters.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Hands out ids that grow: a millisecond, a counter in the twelve bits beside it, and 62 bits
/// of noise. The noise comes from a generator seeded once by the system, because asking the
/// system for each of 300,000 ids a second would cost more than the rest of the id.
final class JobIDGenerator: Sendable {
  static let shared = JobIDGenerator()

  private struct State {
    var last: UInt64 = 0
    var seed = UInt64.random(in: 0 ... .max)
  }
  private let state = Mutex(State())

  func next() -> JobID {
    let instant = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
    return state.withLock { state in
      // `last` is milliseconds and counter in one number, so that a full counter borrows from
      // the next millisecond instead of repeating.
      state.last = max(state.last + 1, instant << 12)
      state.seed &+= 0x9E37_79B9_7F4A_7C15
      var noise = state.seed
      noise = (noise ^ (noise >> 30)) &* 0xBF58_476D_1CE4_E5B9
      noise = (noise ^ (noise >> 27)) &* 0x94D0_49BB_1331_11EB
      noise ^= noise >> 31
      let high = (state.last >> 12) << 16 | 0x7000 | (state.last & 0xFFF)
      return JobID(high: high, low: 0x8000_0000_0000_0000 | noise >> 2)
    }
  }
}

/// The id of a batch: a set of jobs, followed by another when all have ended.
public struct BatchID: Sendable, Hashable, Codable, CustomStringConvertible {
  let id: JobID

  /// A new id, greater than every other made by this process.
  public init() { id = JobID() }

  /// The id in a database column of type `uuid`.
  public init(uuid: UUID) { id = JobID(uuid: uuid) }

  /// The id as a `UUID`, for a database column of that type.
  public var uuid: UUID { id.uuid }

  /// The text form: 36 characters.
  public var description: String { id.description }
}
