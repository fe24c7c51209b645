/// Finds record ends across chunks of any size.
///
/// Most words of eight bytes are processed at once. With quotes in a word, the parity of their
/// number tells which bytes are inside; that is correct if each opening quote is at the start of a
/// value or right after a closing quote (the two are then one doubled quote), which is checked for
/// all eight at once. A word that fails the check, or that may end the part, is processed byte by
/// byte.
struct RecordScan: Sendable {
  /// The reason and the byte count at which a scan stopped.
  struct Stop {
    enum Reason { case chunkEnd, cut, tooLong }
    let count: Int
    let reason: Reason
  }

  /// The length at which a record ends the part.
  var target = Int.max
  /// The number of records that ends the part.
  var maximumRecords = Int.max
  var recordLimit = Int.max

  private let dialect: CSVDialect
  /// The number of records ended in the part.
  private var records = 0
  /// The number of lines ended in the part, including those inside quotes.
  private var lines = 0
  /// The offset of the current record in the part.
  private(set) var recordStart = 0
  private(set) var isQuoted = false
  /// Whether the previous byte was a closing quote (or the first half of a doubled one).
  private var hasJustClosed = false
  /// Whether the previous byte was an escape inside quotes.
  private var isEscaped = false
  /// Whether the position is at the start of a value, or only spaces since.
  private var isAtValueStart = true
  /// Whether the previous byte was a CR: a following LF belongs to the same line end.
  private var followsReturn = false
  /// Whether the part ends here, unless an LF completes the line end.
  private var isCutDue = false

  init(_ dialect: CSVDialect) { self.dialect = dialect }

  /// Begins a part and returns the numbers of records and line ends of the previous one.
  mutating func startPart() -> (records: Int, lines: Int) {
    defer {
      (records, lines, recordStart, isCutDue) = (0, 0, 0, false)
      // The LF of a CR LF belonged to the record it ended.
      followsReturn = false
    }
    return (records, lines)
  }

  /// Ends the file after `held` bytes of the part: text after the last line end is a record.
  mutating func end(held: Int) {
    if held > recordStart { records += 1 }
  }

  /// Continues after the `held` bytes of the part read before, to the end of the bytes or of the
  /// part.
  mutating func advance(_ bytes: UnsafeRawBufferPointer, held: Int) -> Stop {
    guard let base = bytes.baseAddress else { return Stop(count: 0, reason: .chunkEnd) }
    let count = bytes.count
    let quote = Word.pattern(dialect.quote)
    let delimiter = Word.pattern(dialect.delimiter)
    let escape = Word.pattern(dialect.escape ?? dialect.quote)
    let hasEscape = dialect.escape != nil
    let feed = Word.pattern(Byte.lineFeed)
    let carriage = Word.pattern(Byte.carriageReturn)

    var i = 0
    while i < count {
      if count - i >= 8, !isCutDue, !isEscaped {
        let word = Word.load(base, i)
        let quotes = Word.equal(word, quote)
        let feeds = Word.equal(word, feed)
        let returns = Word.equal(word, carriage)
        let breaks = feeds | returns
        var inside: UInt64 = isQuoted ? Word.highs : 0
        var isPlain = !hasEscape || Word.equal(word, escape) == 0
        if quotes != 0 {
          inside ^= Word.parity(quotes)
          let delimiters = Word.equal(word, delimiter)
          let mayOpen =
            ((delimiters | breaks | quotes) << 8) | (isAtValueStart || hasJustClosed ? 0x80 : 0)
          isPlain = isPlain && quotes & inside & ~mayOpen == 0
        }
        // One line end each, whether LF, CR or both.
        let ends = returns | (feeds & ~((returns << 8) | (followsReturn ? 0x80 : 0)))
        let breaksOutside = breaks & ~inside
        if isPlain,
          breaksOutside == 0 || (held + i + 8 < target && records + 8 < maximumRecords)
        {
          lines += Word.count(ends)
          if breaksOutside != 0 {
            if held + i + Word.first(breaksOutside) - recordStart > recordLimit {
              return Stop(count: i + 8, reason: .tooLong)
            }
            records += Word.count(ends & ~inside)
            recordStart = held + i + Word.last(breaksOutside) + 1
          }
          isQuoted = inside >> 63 != 0
          hasJustClosed = quotes >> 63 != 0 && !isQuoted
          followsReturn = returns >> 63 != 0
          settleValueStart(after: word, inside: inside)
          i += 8
          continue
        }
      }
      let end = min(count, i + 8)
      while i < end {
        switch step(bytes[i], at: held + i) {
        case .goOn: i += 1
        case .cutBefore: return Stop(count: i, reason: .cut)
        case .cutAfter: return Stop(count: i + 1, reason: .cut)
        case .tooLong: return Stop(count: i, reason: .tooLong)
        }
      }
    }
    let isTooLong = held + count - recordStart > recordLimit
    return Stop(count: count, reason: isTooLong ? .tooLong : .chunkEnd)
  }

  /// Whether a quote at the beginning of the next word would open a value: the last byte other
  /// than a space ended a value.
  @inline(__always)
  private mutating func settleValueStart(after word: UInt64, inside: UInt64) {
    var byte = UInt8(truncatingIfNeeded: word >> 56)
    var index = 7
    while byte == Byte.space || byte == Byte.tab, byte != dialect.delimiter {
      if index == 0 { return }
      index -= 1
      byte = UInt8(truncatingIfNeeded: word >> (index * 8))
    }
    isAtValueStart =
      (byte == dialect.delimiter || byte == Byte.lineFeed || byte == Byte.carriageReturn)
      && inside >> (index * 8 + 7) & 1 == 0
  }

  private enum Step { case goOn, cutBefore, cutAfter, tooLong }

  /// Processes one byte; `offset` is its offset in the part.
  private mutating func step(_ byte: UInt8, at offset: Int) -> Step {
    if isCutDue { return byte == Byte.lineFeed ? .cutAfter : .cutBefore }
    let completesReturn = byte == Byte.lineFeed && followsReturn
    let isBreak = byte == Byte.lineFeed || byte == Byte.carriageReturn
    followsReturn = byte == Byte.carriageReturn
    if isBreak, !completesReturn { lines += 1 }
    if isQuoted {
      if isEscaped {
        isEscaped = false
      } else if byte == dialect.escape {
        isEscaped = true
      } else if byte == dialect.quote {
        isQuoted = false
        hasJustClosed = true
      }
      return .goOn
    }
    let mayReopen = hasJustClosed
    hasJustClosed = false
    if byte == dialect.quote {
      isQuoted = isAtValueStart || mayReopen
      isAtValueStart = false
    } else if byte == dialect.delimiter {
      isAtValueStart = true
    } else if isBreak {
      if offset - recordStart > recordLimit { return .tooLong }
      recordStart = offset + 1
      isAtValueStart = true
      if completesReturn { return .goOn }
      records += 1
      if offset + 1 >= target || records >= maximumRecords {
        if byte == Byte.lineFeed { return .cutAfter }
        isCutDue = true
      }
    } else if byte != Byte.space, byte != Byte.tab {
      isAtValueStart = false
    }
    return .goOn
  }
}
