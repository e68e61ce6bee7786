# Driver of the Perl module Net::OAuth2.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use Net::OAuth2::AccessToken;
use Net::OAuth2::Profile::WebServer;
use Serving;

my ($setup, $client);

my %orders = (
    begin => sub {
        $setup  = shift;
        $client = Net::OAuth2::Profile::WebServer->new(
            client_id        => $setup->{client_id},
            client_secret    => $setup->{client_secret},
            site             => $setup->{server},
            scope            => join(' ', @{ $setup->{scopes} }),
            authorize_path   => '/oauth/authorize',
            access_token_path => '/oauth/token',
            refresh_token_path => '/oauth/token',
            redirect_uri     => $setup->{redirect_uri},
            secrets_in_params => $setup->{authentication} eq 'post' ? 1 : 0,
        );
        return { done => JSON::PP::true };
    },
    authorize => sub { return { url => '' . $client->authorize(state => shift->{state}) } },
    exchange => sub { return tokens($client->get_access_token(shift->{code})) },
    get => sub {
        my $order  = shift;
        my $token  = Net::OAuth2::AccessToken->new(
            profile => $client, access_token => $order->{access_token}, token_type => 'Bearer',
        );
        my $answer = $token->get($order->{path});
        return { status => 0 + $answer->code, json => $answer->is_success ? decode_json($answer->content) : undef };
    },
    refresh => sub {
        my $token = Net::OAuth2::AccessToken->new(
            profile => $client, refresh_token => shift->{refresh_token}, token_type => 'Bearer',
        );
        $client->update_access_token($token);
        return tokens($token);
    },
);

sub tokens {
    my $token = shift;
    return { error => $token->error } if $token->error;
    return { tokens => { access_token => $token->access_token, refresh_token => $token->refresh_token } };
}

serve(\%orders);
