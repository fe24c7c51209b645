/// Reads a file as it streams in: inspects its first MiB, determines the format, converts it to
/// UTF-8 and splits it into parts.
///
/// It buffers the first MiB, and from then on the current part.
///
/// ```swift
/// var intake = CSVIntake()
/// for try await chunk in body {
///   for part in try intake.feed(chunk) { try await store(part) }
/// }
/// for part in try intake.finish() { try await store(part) }
/// ```
package struct CSVIntake: Sendable {
  /// The format of the file; known after its first MiB, or after all of a smaller file.
  package private(set) var format: CSVFormat?
  /// The names of the columns, known at the same time.
  package private(set) var header: CSVHeader?
  /// The number of lines above the table that were found to be a title.
  package private(set) var titleLines = 0
  /// The number of data rows in the parts returned so far.
  package var rows: Int { splitter?.rows ?? 0 }

  private static let blockBytes = 1 << 18
  private let sniffer: Sniffer
  private let limits: CSVLimits
  private var sample: [UInt8] = []
  private var transcoder: Transcoder?
  private var splitter: CSVSplitter?
  private var text: [UInt8] = []
  /// The number of bytes of text before the table that are still to come.
  private var leading = 0
  private var failure: CSVError?

  /// Creates an intake at the start of a file.
  package init(_ sniffer: Sniffer = Sniffer(), limits: CSVLimits = CSVLimits()) {
    var sniffer = sniffer
    sniffer.maximumColumns = limits.columns
    self.sniffer = sniffer
    self.limits = limits
  }

  /// Takes the next bytes of the file and returns the parts that they complete.
  ///
  /// - Throws: ``CSVError`` if the file is refused; every later call throws it again.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer) throws(CSVError) -> [CSVPart] {
    try guarded { intake throws(CSVError) in
      if intake.format != nil { return try intake.take(chunk) }
      intake.sample.append(contentsOf: chunk)
      guard intake.sample.count >= Sniffer.sampleBytes else { return [] }
      return try intake.settle(isWhole: false)
    }
  }

  /// Calls ``feed(_:)-(UnsafeRawBufferPointer)`` with an array.
  package mutating func feed(_ chunk: [UInt8]) throws(CSVError) -> [CSVPart] {
    try chunk.withBytes { bytes throws(CSVError) in try feed(bytes) }
  }

  /// Ends the file and returns its last parts.
  ///
  /// - Throws: ``CSVError``, as ``feed(_:)-(UnsafeRawBufferPointer)`` does.
  package mutating func finish() throws(CSVError) -> [CSVPart] {
    try guarded { intake throws(CSVError) in
      var parts = intake.format == nil ? try intake.settle(isWhole: true) : []
      intake.text.removeAll(keepingCapacity: true)
      intake.transcoder?.finish(into: &intake.text)
      parts += try intake.split()
      if let last = try intake.splitter?.finish() { parts.append(last) }
      return parts
    }
  }

  private mutating func settle(isWhole: Bool) throws(CSVError) -> [CSVPart] {
    let bytes = sample
    sample = []
    let (format, names, start) = try bytes.withBytes { all throws(CSVError) in
      let first = UnsafeRawBufferPointer(rebasing: all.prefix(Sniffer.sampleBytes))
      return try sniffer.sniff(first, isWhole: isWhole && first.count == all.count)
    }
    self.format = format
    header = names
    titleLines = start.isBelowTitle ? start.line - 1 : 0
    transcoder = Transcoder(from: format.encoding)
    splitter = CSVSplitter(
      dialect: format.dialect, hasHeader: format.hasHeader, firstLine: start.line, limits: limits)
    leading = start.bytes
    return try bytes.withBytes { all throws(CSVError) in try take(all) }
  }

  private mutating func take(_ chunk: UnsafeRawBufferPointer) throws(CSVError) -> [CSVPart] {
    // In blocks, so that a huge chunk is not held twice.
    var parts: [CSVPart] = []
    var start = 0
    while start < chunk.count {
      let end = min(chunk.count, start + Self.blockBytes)
      text.removeAll(keepingCapacity: true)
      transcoder?.transcode(UnsafeRawBufferPointer(rebasing: chunk[start..<end]), into: &text)
      parts += try split()
      start = end
    }
    return parts
  }

  /// Splits the text, after what comes before the table.
  private mutating func split() throws(CSVError) -> [CSVPart] {
    let skipped = min(leading, text.count)
    leading -= skipped
    text.removeFirst(skipped)
    return try splitter?.feed(text) ?? []
  }

  private mutating func guarded(
    _ body: (inout CSVIntake) throws(CSVError) -> [CSVPart]
  ) throws(CSVError) -> [CSVPart] {
    if let failure { throw failure }
    do throws(CSVError) {
      return try body(&self)
    } catch {
      failure = error
      (sample, text, splitter) = ([], [], nil)
      throw error
    }
  }
}
