/// The encoding of a file, determined from its first bytes.
package struct EncodingDetection: Sendable, Hashable {
  /// The encoding of the file.
  package let encoding: TextEncoding
  /// Whether the file begins with a byte-order mark. ``Transcoder`` removes it.
  package let hasByteOrderMark: Bool

  /// Inspects the beginning of a file (the first MiB, or all of it if `isWhole`).
  ///
  /// - Throws: ``CSVError/empty``, ``CSVError/binary(_:)``, or ``CSVError/wrongEncoding`` with the
  ///   likely encoding if the sample is not in the requested one (IMP-02).
  package static func detect(
    in sample: UnsafeRawBufferPointer, isWhole: Bool,
    requested: RequestedEncoding = .exactly(.utf8)
  ) throws(CSVError) -> EncodingDetection {
    guard !sample.isEmpty else { throw .empty }
    if let kind = BinaryKind.signature(of: sample) { throw .binary(kind) }

    let likely = guess(sample, isWhole: isWhole)
    let encoding: TextEncoding
    switch requested {
    case .detect:
      encoding = likely ?? .utf8
    case .utf16:
      // Without a mark or a hint the lower byte comes first, as in files from Windows.
      encoding = likely == .utf16be ? .utf16be : .utf16le
    case .exactly(let given):
      encoding = given
    }
    if let fault = fault(in: sample, encoding, isWhole: isWhole, likely: likely) {
      let other = likely == encoding ? nil : likely
      let line = lines(before: fault, in: sample, other ?? encoding) + 1
      if other == nil, BinaryKind.isBinary(sample) { throw .binary(.unknown) }
      throw .wrongEncoding(expected: requested.name, likely: other, line: line)
    }
    return EncodingDetection(
      encoding: encoding,
      hasByteOrderMark: !encoding.byteOrderMark.isEmpty
        && sample.starts(with: encoding.byteOrderMark))
  }

  /// Returns the likely encoding; nil if the bytes do not look like text.
  static func guess(_ sample: UnsafeRawBufferPointer, isWhole: Bool) -> TextEncoding? {
    for encoding in [TextEncoding.utf8, .utf16le, .utf16be]
    where sample.starts(with: encoding.byteOrderMark) {
      return encoding
    }
    if let wide = guessWide(sample) { return wide }
    if UTF8Validation.firstFault(in: sample, mayBeCutOff: !isWhole) == nil { return .utf8 }
    return BinaryKind.isBinary(sample) ? nil : .windows1252
  }

  /// Detects UTF-16: Western text has a zero in every second byte, and text of any script has some
  /// line ends, digits and delimiters with one; there are almost none in the other bytes.
  private static func guessWide(_ sample: UnsafeRawBufferPointer) -> TextEncoding? {
    let pairs = sample.count / 2
    guard pairs >= 2 else { return nil }
    var zeros = (even: 0, odd: 0)
    for k in 0..<pairs {
      if sample[2 * k] == 0 { zeros.even += 1 }
      if sample[2 * k + 1] == 0 { zeros.odd += 1 }
    }
    if zeros.odd * 10 >= pairs, zeros.even * 50 <= zeros.odd { return .utf16le }
    if zeros.even * 10 >= pairs, zeros.odd * 50 <= zeros.even { return .utf16be }
    return nil
  }

  /// Returns the offset of the first byte that is invalid in the encoding.
  private static func fault(
    in sample: UnsafeRawBufferPointer, _ encoding: TextEncoding, isWhole: Bool,
    likely: TextEncoding?
  ) -> Int? {
    switch encoding {
    case .utf8:
      if likely == .utf16le || likely == .utf16be { return 0 }
      return UTF8Validation.firstFault(in: sample, mayBeCutOff: !isWhole)
    case .utf16le, .utf16be:
      if let likely, likely != encoding, likely != .windows1252 { return 0 }
      return wideFault(in: sample, encoding, isWhole: isWhole)
    case .windows1252, .latin1:
      // Every byte is a character, or at worst an error of its row. Only text that is certainly
      // something else is refused.
      if sample.starts(with: TextEncoding.utf8.byteOrderMark) { return 0 }
      return likely == .utf16le || likely == .utf16be || likely == nil ? 0 : nil
    }
  }

  /// Returns the offset of the first unpaired surrogate.
  private static func wideFault(
    in sample: UnsafeRawBufferPointer, _ encoding: TextEncoding, isWhole: Bool
  ) -> Int? {
    let high = encoding == .utf16be ? 0 : 1
    var awaitsLow = false
    for k in 0..<(sample.count / 2) {
      let isLow = sample[2 * k + high] & 0xFC == 0xDC
      if isLow != awaitsLow { return max(0, 2 * k - (awaitsLow ? 2 : 0)) }
      awaitsLow = sample[2 * k + high] & 0xFC == 0xD8
    }
    guard isWhole, awaitsLow || sample.count % 2 == 1 else { return nil }
    return sample.count - 1
  }

  private static func lines(
    before offset: Int, in sample: UnsafeRawBufferPointer, _ encoding: TextEncoding
  ) -> Int {
    // In UTF-16 a line feed is the same byte beside a zero; counting the byte is accurate enough
    // for a message.
    sample.prefix(offset).count { $0 == Byte.lineFeed }
  }
}
