import Testing

@testable import Postgres

@Suite struct SQLTests {
  @Test func valuesAreBoundAndNeverSpliced() {
    let name = "'; DROP TABLE contacts; --"
    let sql: SQL = "SELECT * FROM contacts WHERE name = \(name) AND points > \(7)"
    #expect(sql.text == "SELECT * FROM contacts WHERE name = $1 AND points > $2")
    #expect(sql.parameterCount == 2)
    #expect(sql.description == sql.text)
  }

  @Test func piecesAreRenumbered() {
    let range: SQL = "points BETWEEN \(1) AND \(2)"
    let name: SQL = "name = \("x")"
    let sql: SQL = "SELECT \(0) WHERE \(sql: range) OR (\(sql: name)) OR \(sql: range) LIMIT \(9)"
    #expect(
      sql.text
        == "SELECT $1 WHERE points BETWEEN $2 AND $3 OR (name = $4) OR points BETWEEN $5 AND $6"
        + " LIMIT $7")
    #expect(sql.slots.map(\.type) == [20, 20, 20, 25, 20, 20, 20])
  }

  @Test func piecesWithManyParametersAreRenumbered() {
    let list = (0..<12).map { number -> SQL in "\(number)" }.joined(separator: ", ")
    let sql: SQL = "SELECT \(sql: list), \(sql: list)"
    let numbers = (1...24).map { "$\($0)" }.joined(separator: ", ")
    #expect(sql.text == "SELECT \(numbers)")
  }

  @Test func identifiersAreQuoted() {
    let sql: SQL =
      "SELECT \(identifier: "we\"ird") FROM \(identifier: "Table") ORDER BY 1 \(literal: "DESC")"
    #expect(sql.text == #"SELECT "we""ird" FROM "Table" ORDER BY 1 DESC"#)
    #expect(sql.parameterCount == 0)
  }

  @Test func nothingKeepsItsType() {
    let sql: SQL = "SELECT \(nil as Int?), \(nil as [String]?), \([UInt8]()), \([[UInt8]]())"
    #expect(sql.slots.map(\.type) == [20, 1009, 17, 1001])
    #expect(sql.slots.map(\.length) == [-1, -1, 0, 12])
  }

  @Test func sumAndJoin() {
    var sql: SQL = "UPDATE t SET "
    sql += [("a", 1), ("b", 2)].map { name, value -> SQL in
      "\(identifier: name) = \(value)"
    }.joined(separator: ", ")
    sql = sql + " WHERE id = \(3)"
    #expect(sql.text == #"UPDATE t SET "a" = $1, "b" = $2 WHERE id = $3"#)
  }
}
