/// Turns what COPY gives into the file's format.
///
/// Rows come in pieces of whole rows, as COPY writes them; what is to be in the file is appended to
/// `output`. A workbook is put together on a disk and appended at the end.
protocol RowEncoder {
  /// Rows read so far.
  var rows: Int64 { get }
  /// Values made harmless so far (EXP-12).
  var neutralised: Int64 { get }
  /// Values cut so far (EXP-21).
  var shortened: Int64 { get }
  /// The form in which COPY shall write.
  var input: CopyForm { get }

  /// What stands before the first row.
  mutating func begin(into output: inout [UInt8]) throws
  /// Reads rows.
  mutating func encode(_ rows: UnsafeRawBufferPointer, into output: inout [UInt8]) throws
  /// Ends the file. Where it was put together elsewhere, hands it over in pieces.
  mutating func finish(_ write: ([UInt8]) async throws -> Void) async throws
  /// Gives up what is held outside of memory, whether or not the file was finished.
  mutating func discard()
}

extension RowEncoder {
  var neutralised: Int64 { 0 }
  var shortened: Int64 { 0 }
  mutating func finish(_ write: ([UInt8]) async throws -> Void) async throws {}
  mutating func discard() {}
}

/// The two forms of COPY that are read here.
enum CopyForm {
  case csv, text
}

/// COPY gave what its form does not allow.
struct MalformedCopy: Error, CustomStringConvertible {
  var description: String { "the server's rows cannot be read" }
}
