/// The content of one column of a row, in eight bytes: nothing, a value (a range of the block's
/// arena, or a number), or a request to clear the value.
struct Cell: Sendable, Equatable {
  enum State: UInt32 {
    /// The column keeps its value.
    case none = 0
    /// The column gets this value.
    case set = 1
    /// The column is emptied.
    case clear = 2
  }

  private static let lengthBits: UInt32 = 28
  private static let lengthMask: UInt32 = (1 << 28) - 1
  private static let escapeBit: UInt32 = 1 << 31

  /// The start of the value in the arena; for interned values their number.
  private(set) var start: UInt32
  private var word: UInt32

  static let none = Cell(start: 0, word: 0)
  static let clear = Cell(start: 0, word: State.clear.rawValue << lengthBits)

  private init(start: UInt32, word: UInt32) {
    self.start = start
    self.word = word
  }

  /// Creates a value in the arena. `needsEscape`: whether it contains a character that COPY must
  /// escape.
  init(start: Int, length: Int, needsEscape: Bool) {
    self.start = UInt32(truncatingIfNeeded: start)
    word =
      UInt32(truncatingIfNeeded: length) & Self.lengthMask
      | State.set.rawValue << Self.lengthBits | (needsEscape ? Self.escapeBit : 0)
  }

  /// Creates a value from the number of an interned string.
  init(number: Int32) {
    start = UInt32(bitPattern: number)
    word = State.set.rawValue << Self.lengthBits
  }

  var state: State { State(rawValue: word >> Self.lengthBits & 3) ?? .none }
  var isNone: Bool { word == 0 }
  var length: Int { Int(word & Self.lengthMask) }
  var needsEscape: Bool { word & Self.escapeBit != 0 }
  var number: Int32 { Int32(bitPattern: start) }
  var range: Range<Int> { Int(start)..<(Int(start) + length) }
}
