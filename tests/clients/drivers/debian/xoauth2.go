// Driver of Go's golang.org/x/oauth2.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type fields map[string]interface{}

var (
	setup  fields
	config oauth2.Config
)

func text(of fields, name string) string {
	value, _ := of[name].(string)
	return value
}

func style() oauth2.AuthStyle {
	if text(setup, "authentication") == "basic" {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

func begin(order fields) (fields, error) {
	setup = order
	scopes := []string{}
	for _, scope := range order["scopes"].([]interface{}) {
		scopes = append(scopes, scope.(string))
	}
	server := text(order, "server")
	config = oauth2.Config{
		ClientID: text(order, "client_id"), ClientSecret: text(order, "client_secret"),
		RedirectURL: text(order, "redirect_uri"), Scopes: scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL: server + "/oauth/authorize", TokenURL: server + "/oauth/token", AuthStyle: style(),
		},
	}
	return fields{"done": true}, nil
}

func authorize(order fields) (fields, error) {
	return fields{"url": config.AuthCodeURL(text(order, "state"))}, nil
}

func tokens(token *oauth2.Token, err error) (fields, error) {
	return fields{"tokens": token}, err
}

func exchange(order fields) (fields, error) {
	return tokens(config.Exchange(context.Background(), text(order, "code")))
}

func refresh(order fields) (fields, error) {
	stored := &oauth2.Token{RefreshToken: text(order, "refresh_token")}
	return tokens(config.TokenSource(context.Background(), stored).Token())
}

func clientCredentials(fields) (fields, error) {
	of := clientcredentials.Config{
		ClientID: config.ClientID, ClientSecret: config.ClientSecret,
		TokenURL: config.Endpoint.TokenURL, AuthStyle: style(),
	}
	return tokens(of.Token(context.Background()))
}

func get(order fields) (fields, error) {
	token := &oauth2.Token{AccessToken: text(order, "access_token"), TokenType: "Bearer"}
	response, err := config.Client(context.Background(), token).Get(text(setup, "server") + text(order, "path"))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	var answer interface{}
	_ = json.Unmarshal(body, &answer)
	return fields{"status": response.StatusCode, "json": answer}, nil
}

var orders = map[string]func(fields) (fields, error){
	"begin": begin, "authorize": authorize, "exchange": exchange, "get": get,
	"refresh": refresh, "client_credentials": clientCredentials,
}

// x/oauth2 0.3 hands on the body alone
func reported(err error) string {
	var refused *oauth2.RetrieveError
	var answer struct{ Error string }
	if errors.As(err, &refused) && json.Unmarshal(refused.Body, &answer) == nil {
		return answer.Error
	}
	return err.Error()
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		order, reply := fields{}, fields{"missing": true}
		if err := json.Unmarshal(lines.Bytes(), &order); err != nil {
			os.Exit(1)
		}
		if carryOut, ok := orders[text(order, "order")]; ok {
			answer, err := carryOut(order)
			reply = answer
			if err != nil {
				reply = fields{"error": reported(err)}
			}
		}
		line, _ := json.Marshal(reply)
		os.Stdout.Write(append(line, '\n'))
	}
}
