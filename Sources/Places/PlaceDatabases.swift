import Foundation
import Synchronization

/// The database of places that a setting names. It is opened again when another file has its name.
package final class PlaceDatabases: Sendable {
  /// What tells a file from another with its name.
  private struct Stamp: Equatable {
    var path: String
    var file: UInt64
    var size: Int
    var changed: Date
  }

  private struct Opened {
    var stamp: Stamp
    var result: Result<PlaceDatabase, PlaceDatabaseError>
  }

  private let opened = Mutex<Opened?>(nil)

  package init() {}

  /// Returns the database of a file.
  ///
  /// - Throws: ``PlaceDatabaseError``, the same as long as the file is the same.
  package func database(_ path: String) throws(PlaceDatabaseError) -> PlaceDatabase {
    let stamp = try stamp(path)
    if let known = opened.withLock({ $0 }), known.stamp == stamp { return try known.result.get() }
    let result = Result { () throws(PlaceDatabaseError) in try PlaceDatabase(path) }
    opened.withLock { $0 = Opened(stamp: stamp, result: result) }
    return try result.get()
  }

  private func stamp(_ path: String) throws(PlaceDatabaseError) -> Stamp {
    do {
      let file = try FileManager.default.attributesOfItem(
        atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
      return Stamp(
        path: path, file: file[.systemFileNumber] as? UInt64 ?? 0, size: file[.size] as? Int ?? 0,
        changed: file[.modificationDate] as? Date ?? .distantPast)
    } catch {
      throw PlaceDatabaseError("\(path) cannot be opened: \(error.localizedDescription)")
    }
  }
}
