# Reads Swift sources as the checks need them: code without its strings and comments, and the strings.
package Swift;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(text swift_files code strings declarations);

sub text { local (@ARGV, $/) = @_; <> // '' }

# The Swift files below the folders, sorted.
sub swift_files {
  my @found;
  my @folders = @_;
  while (defined(my $folder = shift @folders)) {
    opendir my $entries, $folder or next;
    for (sort grep { !/^\./ } readdir $entries) {
      if (/\.swift$/) { push @found, "$folder/$_" }
      elsif (-d "$folder/$_") { push @folders, "$folder/$_" }
    }
  }
  return sort @found;
}

my (@strings, $line);

# The code of a text: comments and the text of strings left out, interpolations and line ends kept.
sub code {
  local $_ = shift;
  @strings = ();
  $line = 1;
  pos = 0;
  return outside(0);
}

# The string literals of a text as [line, text], interpolations written as `\(…)`; those inside of
# interpolations stand for themselves, before the one that holds them.
sub strings { code(shift); return @strings }

# The declarations of a code that are not private, as [kind, name, where, owner, line]; where is "", "type" or
# "extension", of which owner is the name.
sub declarations {
  my ($code) = @_;
  my (@found, @open, $pending);
  while ($code =~ /([{}])|^([^\n{}]*?)\b(struct|class|enum|actor|protocol|typealias|extension|func|var|let)\s+`?([\w.]+)|\b(struct|class|enum|actor|protocol|typealias|extension|func|var|let)\s+`?([\w.]+)/mg) {
    if (defined $1) {
      if ($1 eq '{') { push @open, $pending // ['body', '']; $pending = undef } else { pop @open }
      next;
    }
    my ($before, $kind, $name) = defined $3 ? ($2, $3, $4) : ('', $5, $6);
    if ($kind eq 'class' && $name =~ /^(?:func|var|let)$/) { pos($code) -= length $name; next }
    my ($where, $owner) = @open ? @{$open[-1]} : ('', '');
    my $private = $before =~ /\b(?:file)?private\b(?!\(set\))/;
    push @found, [$kind, $name, $where, $owner, 1 + substr($code, 0, pos $code) =~ tr/\n//] unless $private || $where eq 'body' || $kind eq 'extension';
    $pending = [$kind eq 'extension' ? 'extension' : 'type', $name] if $kind =~ /^(?:struct|class|enum|actor|protocol|extension)$/;
  }
  my $case = qr/\w+\s*(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?(?:\s*=\s*[^,\n]+)?/;
  while ($code =~ /^[ \t]*(?:indirect )?case ($case(?:,\s*$case)*)$/mg) {
    push @found, map { ['case', $_, 'type', ''] } $1 =~ /(?:^|,\s*)(\w+)/g;
  }
  return @found;
}

sub outside {
  my ($nested) = @_;
  my ($out, $depth) = ('', 0);
  while (pos() < length) {
    if (/\G[^"\/#()]+/gc) { $out .= $&; $line += $& =~ tr/\n// }
    elsif (m{\G//[^\n]*}gc) { }
    elsif (m{\G(/\*(?:[^*/]++|\*(?!/)|/(?!\*)|(?1))*+\*/)}gc) { $out .= lines($1) }
    elsif (m{\G/(?=[^\s/*=])[^\n/]*[<>\\\[\]][^\n/]*/}gc) { }
    elsif (/\G(#*)("""|")/gc) { $out .= ' "' . inside($1, $2) . '" ' }
    elsif (/\G\(/gc) { $out .= '('; $depth++ }
    elsif (/\G\)/gc) { return $out if $nested && !$depth--; $out .= ')' }
    elsif (/\G./gcs) { $out .= $& }
  }
  return $out;
}

# What of a string is code; the string itself goes to @strings.
sub inside {
  my ($hashes, $quote) = @_;
  my ($kept, $string, $from) = ('', '', $line);
  until (/\G$quote$hashes/gc) {
    last if pos() >= length;
    if (/\G\\$hashes\(/gc) { my $code = outside(1); $kept .= " ($code) "; $string .= "\\($code)" }
    elsif (/\G\\$hashes./gcs || /\G[^"\\]+/gc || /\G./gcs) { $string .= $&; $kept .= lines($&) }
  }
  push @strings, [$from, $string];
  return $kept;
}

sub lines { my $count = $_[0] =~ tr/\n//; $line += $count; return "\n" x $count }

1;
