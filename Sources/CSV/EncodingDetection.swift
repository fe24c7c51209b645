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

    let isText = !BinaryKind.isBinary(sample)
    let certain = wide(sample) ?? (isUTF8(sample, isWhole: isWhole) ? .utf8 : nil)
    let likely = certain ?? (isText ? EncodingGuess.narrow(sample) : nil)
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
    if let fault = fault(
      in: sample, encoding, isWhole: isWhole, certain: certain, isText: isText)
    {
      let other = likely == encoding ? nil : likely
      let line = lines(before: fault, in: sample, other ?? encoding) + 1
      if other == nil, !isText { throw .binary(.unknown) }
      throw .wrongEncoding(expected: requested.name, likely: other, line: line)
    }
    return EncodingDetection(
      encoding: encoding,
      hasByteOrderMark: !encoding.byteOrderMark.isEmpty
        && sample.starts(with: encoding.byteOrderMark))
  }

  private static func isUTF8(_ sample: UnsafeRawBufferPointer, isWhole: Bool) -> Bool {
    sample.starts(with: TextEncoding.utf8.byteOrderMark)
      || UTF8Validation.firstFault(in: sample, mayBeCutOff: !isWhole) == nil
  }

  private static func wide(_ sample: UnsafeRawBufferPointer) -> TextEncoding? {
    if sample.starts(with: TextEncoding.utf8.byteOrderMark) { return nil }
    for encoding in [TextEncoding.utf16le, .utf16be]
    where sample.starts(with: encoding.byteOrderMark) {
      return encoding
    }
    return guessWide(sample)
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
    certain: TextEncoding?, isText: Bool
  ) -> Int? {
    switch encoding {
    case .utf8:
      if certain == .utf16le || certain == .utf16be { return 0 }
      return UTF8Validation.firstFault(in: sample, mayBeCutOff: !isWhole)
    case .utf16le, .utf16be:
      if let certain, certain != encoding { return 0 }
      return wideFault(in: sample, encoding, isWhole: isWhole)
    default:
      // Every byte is a character, or at worst an error of its row. Only text that is certainly
      // something else is refused.
      if sample.starts(with: TextEncoding.utf8.byteOrderMark) { return 0 }
      return certain == .utf16le || certain == .utf16be || !isText && certain == nil ? 0 : nil
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
