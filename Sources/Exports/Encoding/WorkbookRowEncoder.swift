import CXlsxWriter
import Foundation

/// Encodes rows as an Excel workbook in constant memory: libxlsxwriter keeps one row and writes the
/// sheets to disk, from where the finished file is read. When a sheet is full another begins
/// (EXP-21). Texts are always written as texts, never as formulas (EXP-12).
final class WorkbookRowEncoder: RowEncoder {
  private(set) var rows: Int64 = 0
  private(set) var shortened: Int64 = 0
  let input = CopyForm.text

  private let columns: ExportColumns
  private let title: String
  private let rowsPerSheet: Int
  private let file: URL
  private var workbook: UnsafeMutablePointer<lxw_workbook>?
  private var sheets: [UnsafeMutablePointer<lxw_worksheet>] = []
  private var dayFormat: UnsafeMutablePointer<lxw_format>?
  private var instantFormat: UnsafeMutablePointer<lxw_format>?
  private var headFormat: UnsafeMutablePointer<lxw_format>?
  private var rowInSheet: UInt32 = 0
  private var value: [UInt8] = []

  /// The maximum number of characters in a cell.
  static let longestText = 32_767
  /// The number of cells from which a sheet may exceed 4 GiB before compression.
  private static let manyCells: Int64 = 40_000_000

  /// - Parameters:
  ///   - columns: The columns of the rows.
  ///   - expected: The approximate number of rows.
  ///   - rowsPerSheet: The number of rows of a sheet without its heading.
  ///   - folder: The folder for temporary files; nil for the system's.
  ///   - title: The name of the sheets, at most 20 characters.
  init(
    _ columns: ExportColumns, expected: Int64, rowsPerSheet: Int, folder: String?,
    title: String = "Contacts"
  ) throws {
    self.columns = columns
    self.title = title
    self.rowsPerSheet = max(1, rowsPerSheet)
    let directory =
      folder.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
    file = directory.appendingPathComponent("martlet-export-\(UUID().uuidString).xlsx")
    let cells = expected.multipliedReportingOverflow(by: Int64(columns.all.count))
    var options = lxw_workbook_options()
    options.constant_memory = 1
    options.use_zip64 = cells.overflow || cells.partialValue > Self.manyCells ? 1 : 0
    guard let folder = strdup(directory.path) else { throw WorkbookFailure("memory is short") }
    defer { free(folder) }
    options.tmpdir = folder
    workbook = workbook_new_opt(file.path, &options)
    guard workbook != nil else { throw WorkbookFailure("the workbook cannot be made") }
    dayFormat = workbook_add_format(workbook)
    format_set_num_format(dayFormat, "yyyy-mm-dd")
    instantFormat = workbook_add_format(workbook)
    format_set_num_format(instantFormat, "yyyy-mm-dd hh:mm:ss")
    headFormat = workbook_add_format(workbook)
    format_set_bold(headFormat)
  }

  deinit { discard() }

  func begin(into output: inout [UInt8]) throws { try addSheet() }

  /// Adds a sheet; every sheet has the heading (EXP-09).
  private func addSheet() throws {
    let name = sheets.isEmpty ? title : "\(title) \(sheets.count + 1)"
    guard let sheet = workbook_add_worksheet(workbook, name) else {
      throw WorkbookFailure("a sheet cannot be added")
    }
    sheets.append(sheet)
    for (index, name) in columns.names.enumerated() {
      try check(
        worksheet_write_string(
          sheet, 0, lxw_col_t(truncatingIfNeeded: index), name, headFormat))
    }
    rowInSheet = 1
  }

  func encode(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) throws {
    var fields = CopyFields(input)
    while !fields.isAtEnd {
      if rowInSheet > rowsPerSheet { try addSheet() }
      for (index, column) in columns.all.enumerated() {
        let (isNull, endsRow) = try fields.next(into: &value)
        guard endsRow == (index == columns.all.count - 1) else { throw MalformedCopy() }
        if !isNull { try write(column.kind, at: lxw_col_t(truncatingIfNeeded: index)) }
      }
      rowInSheet += 1
      rows += 1
    }
  }

  private func write(_ kind: ExportColumn.Kind, at column: lxw_col_t) throws {
    let sheet = sheets[sheets.count - 1]
    switch kind {
    case .number, .boolean:
      let text = String(decoding: value, as: UTF8.self)
      if let number = Double(text), number.isFinite {
        return try check(worksheet_write_number(sheet, rowInSheet, column, number, nil))
      }
    case .date, .instant:
      if var instant = CellDate.parse(value) {
        let format = kind == .date ? dayFormat : instantFormat
        return try check(worksheet_write_datetime(sheet, rowInSheet, column, &instant, format))
      }
    case .text, .list: break
    }
    if CellText.prepare(&value, limit: Self.longestText) { shortened += 1 }
    value.append(0)
    try value.withUnsafeBufferPointer { bytes in
      try bytes.withMemoryRebound(to: CChar.self) { text in
        try check(worksheet_write_string(sheet, rowInSheet, column, text.baseAddress, nil))
      }
    }
  }

  /// Compresses the sheets and passes the file on.
  func finish(_ write: ([UInt8]) async throws -> Void) async throws {
    guard let workbook else { return }
    self.workbook = nil
    sheets = []
    try check(workbook_close(workbook))
    let handle = try FileHandle(forReadingFrom: file)
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
        try await write(Array(piece))
      }
    } catch {
      try handle.close()
      throw error
    }
    try handle.close()
  }

  func discard() {
    if let workbook {
      // The library closes the sheets' files only when it compresses them.
      for sheet in sheets where sheet.pointee.optimize_tmpfile != nil {
        fclose(sheet.pointee.optimize_tmpfile)
      }
      lxw_workbook_free(workbook)
      self.workbook = nil
      sheets = []
    }
    // The file is already gone if the workbook was never closed; a failure cannot be handled.
    unlink(file.path)
  }

  private func check(_ status: lxw_error) throws {
    guard status == LXW_NO_ERROR else {
      throw WorkbookFailure(lxw_strerror(status).map { String(cString: $0) } ?? "error \(status)")
    }
  }
}

/// The error for a workbook that could not be written, usually because the disk is full.
struct WorkbookFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
