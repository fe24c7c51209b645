/// The fault of an archive.
package enum ZipError: Error, Equatable, CustomStringConvertible {
  case notZip
  case damaged
  case encrypted
  case outOfMemory
  /// The limit that it passes.
  case tooLarge(String)
  /// A name that leads out of the folder.
  case unsafeName(String)

  package var description: String {
    switch self {
    case .notZip: "the file is no zip archive"
    case .damaged: "the archive is damaged, or packed in an unusual way"
    case .encrypted: "the archive is encrypted"
    case .outOfMemory: "the archive cannot be unpacked for lack of memory"
    case .tooLarge(let limit): limit
    case .unsafeName(let name): "the archive has the name \(name.prefix(60).debugDescription)"
    }
  }
}
