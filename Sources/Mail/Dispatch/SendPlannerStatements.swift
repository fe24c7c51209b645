import Foundation
import Postgres

/// The statements of planning sends.
enum SendPlannerStatements {
  /// Locks the versions of an e-mail and reads how many recipients each was picked for.
  static func lockVersions(of family: EmailFamily) -> SQL {
    """
    SELECT id, variant_chosen_count FROM emails WHERE family_id = \(family.id)
    ORDER BY id FOR NO KEY UPDATE
    """
  }

  /// Counts the recipients that versions were picked for.
  static func countChosen(_ given: [Int64: Int]) -> SQL {
    """
    UPDATE emails e SET variant_chosen_count = variant_chosen_count + given.n
    FROM unnest(\(Array(given.keys))::bigint[], \(Array(given.values))::bigint[]) AS given (id, n)
    WHERE e.id = given.id
    """
  }

  /// Reads which idempotency keys have sends.
  static func known(_ keys: [String]) -> SQL {
    "SELECT idempotency_key FROM email_sends WHERE idempotency_key = ANY (\(keys))"
  }
}
