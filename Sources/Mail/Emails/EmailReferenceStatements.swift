import Foundation
import Postgres

/// The statements that read what an e-mail refers to.
enum EmailReferenceStatements {
  /// Reads and locks those of the named segments that exist.
  static func lockSegments(_ named: [Int64]) -> SQL {
    "SELECT id FROM segments WHERE id = ANY (\(named)) ORDER BY id FOR KEY SHARE"
  }

  /// Reads and locks a parent.
  static func lockParent(_ parent: Int64) -> SQL {
    """
    SELECT variant_parent_id, translation_parent_id, email_type FROM emails
    WHERE id = \(parent) FOR NO KEY UPDATE
    """
  }

  /// Reads whether an e-mail has variants or translations.
  static func anyChild(of id: Int64) -> SQL {
    """
    SELECT FROM emails WHERE variant_parent_id = \(id) OR translation_parent_id = \(id) LIMIT 1
    """
  }

  /// Adds up the weights of the other variants.
  static func weights(of parent: Int64, without id: Int64?) -> SQL {
    """
    SELECT coalesce(sum(variant_weight), 0)::bigint FROM emails
    WHERE variant_parent_id = \(parent) AND id IS DISTINCT FROM \(id)::bigint
    """
  }
}
