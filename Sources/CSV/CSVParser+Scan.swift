extension CSVParser {
  /// Reads one record from `position` on, moves `position` past its line end, and returns the end
  /// of its text.
  mutating func readRecord() -> Int {
    var scratch = self.scratch
    self.scratch = []
    var reader = RecordReader(
      dialect, position: position, line: line, openLine: openLine, maximum: maximumFields)
    let end = bytes.withUnsafeBytes { bytes in
      fields.withUnsafeMutableBufferPointer { fields in
        reader.read(bytes, into: fields, scratch: &scratch)
      }
    }
    self.scratch = scratch
    position = reader.position
    lineEnds = reader.lineEnds
    openLine = reader.openLine
    fieldCount = reader.count
    quotedFieldCount = reader.quotedCount
    flags = reader.flags
    return end
  }
}

/// The state of reading one record, separate from the parser so that it can live in registers.
private struct RecordReader {
  let quote: UInt8
  let delimiter: UInt8
  let escape: UInt8?
  let maximum: Int
  let line: Int
  var position: Int
  var lineEnds = 0
  var openLine: Int
  var count = 0
  var quotedCount = 0
  var flags: CSVRecordFlags = []

  init(_ dialect: CSVDialect, position: Int, line: Int, openLine: Int, maximum: Int) {
    quote = dialect.quote
    delimiter = dialect.delimiter
    escape = dialect.escape
    self.position = position
    self.line = line
    self.openLine = openLine
    self.maximum = maximum
  }

  mutating func read(
    _ bytes: UnsafeRawBufferPointer, into fields: UnsafeMutableBufferPointer<FieldSlice>,
    scratch: inout [UInt8]
  ) -> Int {
    while true {
      var slice = FieldSlice(start: position, end: position)
      if let open = openingQuote(bytes) {
        quotedCount += 1
        slice = readQuoted(bytes, after: open, scratch: &scratch)
      } else {
        let end = fieldEnd(bytes, from: position)
        slice = FieldSlice(start: position, end: end)
        position = end
      }
      if count < maximum {
        fields[count] = slice
      } else if !slice.isBlank(bytes, scratch) {
        flags.insert(.tooManyFields)
      }
      count += 1
      guard position < bytes.count else { return position }
      let byte = bytes[position]
      if byte == delimiter {
        position += 1
        continue
      }
      let end = position
      position += 1
      lineEnds += 1
      if byte == Byte.carriageReturn, position < bytes.count, bytes[position] == Byte.lineFeed {
        position += 1
      }
      return end
    }
  }

  /// Returns the offset of the quote that opens the value at `position`; nil if it is not quoted.
  @inline(__always)
  private func openingQuote(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var i = position
    while i < bytes.count {
      let byte = bytes[i]
      if byte == quote { return i }
      guard byte == Byte.space || byte == Byte.tab, byte != delimiter else { return nil }
      i += 1
    }
    return nil
  }

  /// Returns the offset of the next delimiter or line end, or the end of the bytes.
  @inline(__always)
  private func fieldEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard let base = bytes.baseAddress else { return start }
    var i = start
    while bytes.count - i >= 8 {
      let word = Word.load(base, i)
      let hits =
        Word.equal(word, Word.pattern(delimiter))
        | Word.equal(word, Word.pattern(Byte.lineFeed))
        | Word.equal(word, Word.pattern(Byte.carriageReturn))
      if hits != 0 { return i + Word.first(hits) }
      i += 8
    }
    while i < bytes.count {
      let byte = bytes[i]
      if byte == delimiter || byte == Byte.lineFeed || byte == Byte.carriageReturn { return i }
      i += 1
    }
    return i
  }

  /// Reads a value whose quote is at `open`, up to the delimiter or line end after it. Unless
  /// something must be removed from its middle it stays a slice of the part.
  private mutating func readQuoted(
    _ bytes: UnsafeRawBufferPointer, after open: Int, scratch: inout [UInt8]
  ) -> FieldSlice {
    openLine = line + lineEnds
    let scratchStart = scratch.count
    // The start of the text not yet copied to the scratch buffer.
    var start = open + 1
    var isSlice = true
    var i = start
    while true {
      i = quotedStop(bytes, from: i)
      guard i < bytes.count else {
        flags.insert(.unclosedQuote)
        break
      }
      let next = i + 1 < bytes.count ? bytes[i + 1] : nil
      if bytes[i] == quote, next != quote { break }
      guard bytes[i] == quote || next == quote || next == escape else {
        // An escape that escapes nothing is an ordinary character.
        i += 1
        continue
      }
      isSlice = false
      scratch.append(contentsOf: bytes[start..<i])
      start = i + 1
      i += 2
    }
    let close = min(i, bytes.count)
    position = min(close + 1, bytes.count)
    let end = fieldEnd(bytes, from: position)
    if isSlice, end == position { return FieldSlice(start: start, end: close) }
    scratch.append(contentsOf: bytes[start..<close])
    for byte in bytes[position..<end] where byte != Byte.space && byte != Byte.tab {
      flags.insert(.strayText)
      break
    }
    scratch.append(contentsOf: bytes[position..<end])
    position = end
    return .scratch(scratchStart, scratch.count)
  }

  /// Returns the offset of the next quote or escape, or the end; counts the line ends on the way.
  @inline(__always)
  private mutating func quotedStop(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard let base = bytes.baseAddress else { return start }
    let second = escape ?? quote
    var i = start
    while bytes.count - i >= 8 {
      let word = Word.load(base, i)
      let hits =
        Word.equal(word, Word.pattern(quote)) | Word.equal(word, Word.pattern(second))
      let breaks =
        Word.equal(word, Word.pattern(Byte.lineFeed))
        | Word.equal(word, Word.pattern(Byte.carriageReturn))
      if hits | breaks == 0 {
        i += 8
        continue
      }
      let index = Word.first(hits | breaks)
      i += index
      if hits >> (index * 8 + 7) & 1 != 0 { return i }
      i = lineEnd(bytes, at: i)
    }
    while i < bytes.count {
      let byte = bytes[i]
      if byte == quote || byte == second { return i }
      if byte == Byte.lineFeed || byte == Byte.carriageReturn {
        i = lineEnd(bytes, at: i)
      } else {
        i += 1
      }
    }
    return i
  }

  /// Counts the line end at an offset and returns the offset after it.
  private mutating func lineEnd(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    lineEnds += 1
    let isPair =
      bytes[offset] == Byte.carriageReturn && offset + 1 < bytes.count
      && bytes[offset + 1] == Byte.lineFeed
    return offset + (isPair ? 2 : 1)
  }
}
