import Postgres

/// The colour of contacts: that of the highest point trigger they have reached (api.md 8.1).
///
/// It is looked up when a contact is read, so that it is right at once whatever changes, points or
/// triggers. The store of triggers writes those with a colour into `point_colors`.
enum ContactColor {
  /// The colour of a contact, by the table's name in a query.
  static func sql(of contact: String) -> SQL {
    """
    (SELECT p.color FROM point_colors p WHERE p.points <= \(identifier: contact).points
      ORDER BY p.points DESC, p.trigger_id DESC LIMIT 1)
    """
  }
}
