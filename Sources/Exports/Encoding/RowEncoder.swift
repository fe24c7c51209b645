/// Converts COPY's output to the format of the file.
///
/// Rows come in buffers of whole rows, as COPY writes them; the content of the file is appended to
/// `output`. A workbook is assembled on disk and appended at the end.
protocol RowEncoder {
  /// The number of rows read so far.
  var rows: Int64 { get }
  /// The number of values neutralised so far (EXP-12).
  var neutralised: Int64 { get }
  /// The number of values cut so far (EXP-21).
  var shortened: Int64 { get }
  /// The form in which COPY must write.
  var input: CopyForm { get }

  /// Appends the content before the first row.
  mutating func begin(into output: inout [UInt8]) throws
  /// Encodes rows.
  mutating func encode(_ rows: UnsafeRawBufferPointer, into output: inout [UInt8]) throws
  /// Finishes the file. If it was assembled on disk, passes it on in pieces.
  mutating func finish(_ write: ([UInt8]) async throws -> Void) async throws
  /// Releases resources outside of memory, whether or not the file was finished.
  mutating func discard()
}

extension RowEncoder {
  var neutralised: Int64 { 0 }
  var shortened: Int64 { 0 }
  mutating func finish(_ write: ([UInt8]) async throws -> Void) async throws {}
  mutating func discard() {}
}

/// The two supported forms of COPY.
enum CopyForm {
  case csv, text
}

/// The error for COPY output that its form does not allow.
struct MalformedCopy: Error, CustomStringConvertible {
  var description: String { "the server's rows cannot be read" }
}
