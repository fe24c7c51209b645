package import Foundation
package import Mail
import Primitives

/// Proof of work against programs that fill in forms, without a third party, as ALTCHA does it: the browser looks for
/// the number that was hidden in a digest, which costs it a moment and a sender of thousands a computer.
///
/// Nothing is stored for a challenge. It is signed, for one form and a limited time, and is the token of the submission
/// that solves it: a second one with it is the same submission (FRM-09).
package struct FormChallenges: Sendable {
  private let signer: LinkSigner

  /// The greatest number that is hidden, inclusive: some 25,000 digests on average.
  static let most = 50_000
  /// The seconds for which a challenge may be solved.
  static let seconds = 3_600
  /// The bytes of a solution, as sent.
  static let limit = 2_048

  /// Creates challenges.
  ///
  /// - Parameter signer: Signs them with the secret of this installation.
  package init(signer: LinkSigner) { self.signer = signer }

  /// A challenge, and with its number a solution; the members are those of ALTCHA.
  package struct Challenge: Sendable, Equatable, Codable {
    package var algorithm: String
    package var challenge: String
    package var salt: String
    package var signature: String
    /// The greatest number that may be hidden, in a challenge.
    package var maxnumber: Int?
    /// The hidden number, in a solution.
    package var number: Int?
  }

  /// Returns a new challenge for a form; nil if libcrypto has no SHA-256.
  package func make(for form: Int64, now: Date) -> Challenge? {
    var bytes: [UInt8] = []
    for _ in 0..<12 { bytes.append(.random(in: .min ... .max)) }
    let expires = Int(saturating: now.timeIntervalSince1970) + Self.seconds
    let salt = "\(Hex.encode(bytes))?expires=\(expires)"
    guard let challenge = Self.digest(salt, .random(in: 0...Self.most)) else { return nil }
    return Challenge(
      algorithm: "SHA-256", challenge: challenge, salt: salt,
      signature: signature(of: challenge, salt, form), maxnumber: Self.most)
  }

  /// Returns the token of a submission that brings a solution of a challenge for its form; nil if it does not.
  ///
  /// - Parameter text: The solution: JSON in base64.
  package func token(_ text: String?, for form: Int64, now: Date) -> String? {
    guard let text, text.utf8.count <= Self.limit, let data = Data(base64Encoded: text) else {
      return nil
    }
    let solution: Challenge
    do {
      solution = try JSONDecoder().decode(Challenge.self, from: data)
    } catch {
      // What is no solution is as good as none.
      return nil
    }
    guard let number = solution.number, (0...Self.most).contains(number),
      solution.algorithm == "SHA-256",
      let expires = solution.salt.split(separator: "=").last.flatMap({ Int($0) }),
      Double(expires) >= now.timeIntervalSince1970,
      signer.isFormToken(
        solution.signature, Self.subject(solution.challenge, solution.salt, form)),
      Self.digest(solution.salt, number) == solution.challenge
    else { return nil }
    return "challenge-\(solution.challenge)"
  }

  private func signature(of challenge: String, _ salt: String, _ form: Int64) -> String {
    signer.formToken(Self.subject(challenge, salt, form))
  }

  private static func subject(_ challenge: String, _ salt: String, _ form: Int64) -> String {
    "challenge:\(form):\(salt):\(challenge)"
  }

  /// The digest of salt and number, in hexadecimal; nil if libcrypto has no SHA-256.
  private static func digest(_ salt: String, _ number: Int) -> String? {
    guard let digest = Digest(.sha256) else { return nil }
    digest.update(Array("\(salt)\(number)".utf8))
    return digest.finish()
  }
}
