# Driver of the Perl module LWP::Authen::OAuth2.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use LWP::Authen::OAuth2;
use Serving;

my ($setup, $client);

sub new_client {
    return LWP::Authen::OAuth2->new(
        client_id              => $setup->{client_id},
        client_secret          => $setup->{client_secret},
        redirect_uri           => $setup->{redirect_uri},
        scope                  => join(' ', @{ $setup->{scopes} }),
        authorization_endpoint => "$setup->{server}/oauth/authorize",
        token_endpoint         => "$setup->{server}/oauth/token",
        @_,
    );
}

sub token_string {
    return encode_json({
        _class => 'LWP::Authen::OAuth2::AccessToken::Bearer', token_type => 'Bearer',
        create_time => time, expires_in => 7200, @_,
    });
}

my %orders = (
    begin => sub { $setup = shift; $client = new_client(); return { done => JSON::PP::true } },
    authorize => sub { return { url => $client->authorization_url(state => shift->{state}) } },
    exchange  => sub {
        $client->request_tokens(code => shift->{code});
        return { tokens => decode_json($client->token_string) };
    },
    get => sub {
        my $order = shift;
        my $reader = new_client(token_string => token_string(access_token => $order->{access_token}));
        my $answer = $reader->get("$setup->{server}$order->{path}");
        return { status => 0 + $answer->code, json => $answer->is_success ? decode_json($answer->content) : undef };
    },
    refresh => sub {
        my $stored = token_string(access_token => 'expired', refresh_token => shift->{refresh_token});
        my $refresher = new_client(token_string => $stored);
        $refresher->refresh_access_token();
        return { tokens => decode_json($refresher->token_string) };
    },
);

serve(\%orders);
