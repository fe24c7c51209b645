import Foundation

/// A file read from its beginning to its end, a piece at a time.
final class FileSource {
  /// Its path; nil for standard input.
  let path: String?
  /// The size of the file in bytes; nil if unknown, as for a pipe.
  let size: Int?
  /// Bytes read so far.
  private(set) var position = 0

  private let handle: FileHandle
  private static let piece = 256 << 10

  /// Opens it.
  /// - Throws: `CommandFailure` where it cannot be opened.
  init(_ path: String) throws {
    if path == "-" {
      handle = .standardInput
      size = nil
      self.path = nil
      return
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CommandFailure("there is no file \(path)", status: .usage)
    }
    guard !isFolder.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
      throw CommandFailure("\(path) cannot be read", status: .usage)
    }
    self.handle = handle
    self.path = path
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    let isRegular = attributes[.type] as? FileAttributeType == .typeRegular
    size = isRegular ? (attributes[.size] as? Int) : nil
  }

  /// The next piece; nil at the end.
  func next() throws -> [UInt8]? {
    guard let data = try handle.read(upToCount: Self.piece), !data.isEmpty else { return nil }
    position += data.count
    return Array(data)
  }
}
