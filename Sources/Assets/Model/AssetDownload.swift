package import Foundation
package import JobQueue

/// A download by a contact, as observers see it.
package struct AssetDownload: Sendable, Equatable {
  /// The id of the download.
  package var id: Int64
  package var asset: Int64
  package var contact: Int64
  /// The id of the address it came from.
  package var ip: Int64?
  /// The instant of the download.
  package var at: Date
}

/// Hears of downloads by contacts, such as campaigns with decisions about them: each once, in the transaction that
/// records its effects.
package protocol AssetObserver: Sendable {
  func downloaded(_ download: AssetDownload, in transaction: Transaction) async throws
}
