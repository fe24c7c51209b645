import Postgres

extension CompanyStore {
  /// Returns the companies of a contact: the primary one first, then in the order of addition
  /// (CON-31).
  ///
  /// - Throws: `PostgresError`.
  package func companies(of contact: Int64) async throws -> [(company: Company, isPrimary: Bool)] {
    let links = try await pool.query(
      """
      SELECT company_id, is_primary FROM contact_companies WHERE contact_id = \(contact)
      ORDER BY is_primary DESC, date_added, company_id
      """)
    let ids: [Int64] = try links.map { try $0.decode(at: 0) }
    guard !ids.isEmpty else { return [] }
    let page = try await page(start: 0, limit: ids.count, where: "id = ANY (\(ids))")
    let known = Dictionary(page.companies.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    return try links.compactMap { link in
      guard let company = known[try link.decode(at: 0)] else { return nil }
      return (company, try link.decode(at: 1))
    }
  }
}
