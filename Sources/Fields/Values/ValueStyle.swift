/// The order of day, month and year in dates that do not show it.
package enum DateOrder: String, Sendable, Codable, CaseIterable {
  /// Day, month, year.
  case dayMonthYear = "dmy"
  /// Month, day, year.
  case monthDayYear = "mdy"
  /// Year, month, day.
  case yearMonthDay = "ymd"
}

/// The character before the decimal places.
package enum DecimalMark: String, Sendable, Codable, CaseIterable {
  case point = "."
  case comma = ","
}

/// How a file writes dates and numbers, as far as its importer says so.
package struct ValueStyle: Sendable, Hashable {
  /// The order of the parts of a date; `nil` where only dates with one possible reading are taken.
  package var dateOrder: DateOrder?
  /// The decimal mark; `nil` where only numbers with one possible reading are taken.
  package var decimalMark: DecimalMark?
  /// The likelier decimal mark of numbers that can be read in both ways, if nothing is said.
  package var likelyMark: DecimalMark

  /// Creates a style; by default nothing is said.
  package init(
    dateOrder: DateOrder? = nil, decimalMark: DecimalMark? = nil, likelyMark: DecimalMark = .point
  ) {
    self.dateOrder = dateOrder
    self.decimalMark = decimalMark
    self.likelyMark = likelyMark
  }
}
