package import Assets
import Contacts
package import Foundation
import JobQueue
package import Mail
package import Postgres

/// The assets that visitors get for their submissions (action `asset.download`). The link names the submission, signed, so
/// that the download counts for its contact also where the browser keeps no cookies.
package struct FormDownloads: Sendable {
  private let assets: AssetStore
  private let pool: PostgresPool
  private let signer: LinkSigner
  private let site: String

  /// Creates downloads.
  ///
  /// - Parameters:
  ///   - assets: The assets.
  ///   - pool: The database.
  ///   - signer: Signs the links with the secret of this installation.
  ///   - site: The address of this installation, without a slash at its end.
  package init(assets: AssetStore, pool: PostgresPool, signer: LinkSigner, site: String) {
    self.assets = assets
    self.pool = pool
    self.signer = signer
    self.site = site
  }

  /// Returns the address of the asset that a form gives for a submission: that of its first action with one that visitors
  /// may have; nil without.
  package func link(of form: Form, for submission: Int64, at instant: Date) async throws -> String?
  {
    for action in form.orderedActions where action.type == FormActionType.downloadAsset.rawValue {
      guard let asset = try await asset(of: action, at: instant) else { continue }
      return "\(site)/asset/\(asset.slug)?form=\(key(of: submission))"
    }
    return nil
  }

  private func asset(of action: FormAction, at instant: Date) async throws -> Asset? {
    let named: (asset: Int64?, category: Int64?)
    do throws(InvalidInput) {
      named = try ActionProperties.asset(action.properties, "properties")
    } catch {
      // Properties of a form that was stored elsewhere: there is nothing to give.
      return nil
    }
    if let id = named.asset {
      return try await assets.find(id).flatMap { $0.values.isOpen(at: instant) ? $0 : nil }
    }
    guard let category = named.category else { return nil }
    return try await assets.newest(inCategory: category, at: instant)
  }

  /// Returns the form and the contact of the submission that a link names; nil for what is no such name.
  package func origin(of key: String) async throws -> (form: Int64, contact: Int64)? {
    let parts = key.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let id = Int64(parts[0]),
      signer.isFormToken(String(parts[1]), Self.subject(id))
    else { return nil }
    return try await SubmissionStore.origin(of: id, in: pool)
  }

  private func key(of submission: Int64) -> String {
    "\(submission)-\(signer.formToken(Self.subject(submission)))"
  }

  private static func subject(_ submission: Int64) -> String { "asset:\(submission)" }
}
