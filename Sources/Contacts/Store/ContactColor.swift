import Postgres

/// The color of contacts: that of the highest point trigger they have reached (api.md 8.1).
///
/// It is looked up when a contact is read, so that it is always correct, whether points or triggers
/// change. The store of triggers writes triggers with a color into `point_colors`.
enum ContactColor {
  /// Returns the color of a contact, by the name of the table in a query.
  static func sql(of contact: String) -> SQL {
    """
    (SELECT p.color FROM point_colors p WHERE p.points <= \(identifier: contact).points
      ORDER BY p.points DESC, p.trigger_id DESC LIMIT 1)
    """
  }
}
