import Foundation

/// The file being written: under a temporary name beside it until it is complete, so that an existing file is replaced
/// by a complete one or not at all.
final class ExportTarget {
  let handle: FileHandle
  private let path: String?
  private let partial: String
  private var isOpen = true

  /// - Throws: `CommandFailure` where it cannot be written.
  init(_ path: String) throws {
    guard path != "-" else {
      handle = .standardOutput
      self.path = nil
      partial = ""
      return
    }
    partial = path + ".part"
    guard FileManager.default.createFile(atPath: partial, contents: nil),
      let handle = FileHandle(forWritingAtPath: partial)
    else { throw CommandFailure("\(path) cannot be written", status: .usage) }
    self.handle = handle
    self.path = path
  }

  /// Gives the file, now complete, its name.
  func keep() throws {
    guard isOpen, let path else { return }
    isOpen = false
    try handle.close()
    guard rename(partial, path) == 0 else {
      throw CommandFailure("\(partial) cannot be renamed to \(path)")
    }
  }

  /// Deletes what was written.
  func discard() {
    guard isOpen, path != nil else { return }
    isOpen = false
    unlink(partial)
  }
}
